"""Real people at a frame a second: the same as at more frames a second."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.analysis.segment import Analyst
from engine.tracker import Track
from infra.models import prepared
from testing.people import people_clip, thinned
from tools.commands.track import track

SHARE = 0.8
"""Of the people at 5 Hz, instant by instant. Twelve analysed frames are few: one detection that is missing
there costs a person two instants of sixty.
"""


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people_clip(tmp_path_factory.mktemp("street") / "street.avi", 12)


def tracked(clip: Path, hz: float = 5.0) -> list[Track]:
    analyst = Analyst.load("movenet", faces=False, hz=hz, models=prepared())
    with clip.open("rb") as file:
        return track(file, analyst, lambda _: None).tracks


def people_at(tracks: list[Track], ms: int) -> int:
    return sum(bool(np.isin(ms, track.timestamps_ms)) for track in tracks)


@pytest.fixture(scope="module")
def often(street: Path) -> list[Track]:
    return tracked(street)


def test_a_clip_of_a_frame_a_second_has_its_people(street: Path, often: list[Track], tmp_path: Path) -> None:
    seldom = tracked(thinned(street, tmp_path / "seldom.mp4", 10))
    both = [(people_at(seldom, ms), people_at(often, ms)) for ms in range(0, 12_000, 1000)]
    assert sum(slow for slow, _ in both) >= SHARE * sum(fast for _, fast in both)
    assert len(often) <= len(seldom) + 1
    assert len(seldom) <= 1.6 * len(often)
    assert max(np.ptp(track.timestamps_ms) for track in seldom) == 11_000


def test_an_analysis_rate_of_one_a_second_finds_the_same_people(street: Path, often: list[Track]) -> None:
    seldom = tracked(street, hz=1.0)
    both = [(people_at(seldom, ms), people_at(often, ms)) for ms in range(0, 12_000, 1000)]
    assert sum(slow for slow, _ in both) >= SHARE * sum(fast for _, fast in both)
    assert len(seldom) <= 1.6 * len(often)


def test_a_clip_of_one_frame_has_its_people(street: Path, often: list[Track], tmp_path: Path) -> None:
    found = tracked(thinned(street, tmp_path / "one.mp4", 120))
    assert {len(track.timestamps_ms) for track in found} == {1}
    assert abs(len(found) - people_at(often, 0)) <= 1
