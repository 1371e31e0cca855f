"""Varying rates: a picture is on show until the next one, and the last one until the video ends."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.video import instants
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import VideoMetadata, read_metadata
from engine.video.segments import plan_segments
from testing.clips import make_clip

FRAGMENTS = "frag_keyframe+empty_moov"
LAYOUTS = [None, FRAGMENTS, f"{FRAGMENTS}+dash+global_sidx"]
STEADY = [Fraction(n, 25) for n in range(56)]


def clip_of(
    path: Path, times: list[Fraction], until: Fraction | int, bframes: int, movflags: str | None = None
) -> Path:
    return make_clip(
        path / "clip.mp4",
        len(times),
        25,
        (96, 64),
        times=times,
        until=Fraction(until),
        options={"bf": str(bframes), "g": "25"},
        movflags=movflags,
    )


def metadata(clip: Path) -> VideoMetadata:
    with clip.open("rb") as file:
        return read_metadata(file)


def reported(clip: Path, seconds: float = 2) -> list[tuple[int, int]]:
    """Each instant and the Timestamp of the picture on show then, over all segments."""
    with clip.open("rb") as file:
        segments = plan_segments(read_metadata(file), seconds)
        parts = [instants.of_segment(file, segment) for segment in segments]
    found = np.concatenate(parts)
    assert np.all(np.diff(found[:, 0]) > 0)
    return [(int(instant), int(picture)) for instant, picture in found]


@pytest.mark.parametrize("movflags", LAYOUTS)
@pytest.mark.parametrize("bframes", [0, 3])
@pytest.mark.parametrize(
    ("times", "last_held"),
    [
        (STEADY, 2200),  # a constant rate, but for the last frame
        ([*STEADY, Fraction(396, 100)], 2200),
        ([*STEADY, Fraction(28, 10), Fraction(34, 10)], 3400),
        ([*STEADY[:54], Fraction(216, 100), Fraction(3)], 3000),
    ],
)
def test_a_rate_that_drops_in_the_last_frames_varies(
    tmp_path: Path, times: list[Fraction], last_held: int, bframes: int, movflags: str | None
) -> None:
    clip = clip_of(tmp_path, times, 4, bframes, movflags)
    found = metadata(clip)
    assert (found.constant_rate, found.duration_millis) == (False, 4000)
    assert reported(clip)[-1] == (3933, last_held)


@pytest.mark.parametrize("movflags", LAYOUTS[:2])
@pytest.mark.parametrize("bframes", [0, 3])
def test_a_constant_rate_with_reordered_frames_is_constant(
    tmp_path: Path, bframes: int, movflags: str | None
) -> None:
    for frames in (3, 30, 56, 120):
        times = [Fraction(n, 25) for n in range(frames)]
        found = metadata(clip_of(tmp_path, times, Fraction(frames, 25), bframes, movflags))
        assert (found.constant_rate, found.duration_millis) == (True, 40 * frames)


@pytest.mark.parametrize("bframes", [0, 3])
def test_fragments_that_are_not_all_known_have_the_times_of_a_constant_rate(
    tmp_path: Path, bframes: int
) -> None:
    clip = clip_of(tmp_path, [Fraction(n, 25) for n in range(120)], Fraction(120, 25), bframes, LAYOUTS[2])
    assert (metadata(clip).rate, metadata(clip).duration_millis) == (25, 4800)
    with clip.open("rb") as file:
        assert [frame.timestamp_ms for frame in read_frames(file, 0, 10**9, 5)] == list(range(0, 4800, 200))


@pytest.mark.parametrize("movflags", LAYOUTS)
@pytest.mark.parametrize("bframes", [0, 3])
def test_a_rate_that_begins_low_does_not_lengthen_the_video(
    tmp_path: Path, bframes: int, movflags: str | None
) -> None:
    times = [*(Fraction(n) for n in range(10)), *(9 + Fraction(n, 30) for n in range(1, 90))]
    assert metadata(clip_of(tmp_path, times, 12, bframes, movflags)).duration_millis == 12_000


@pytest.mark.parametrize("bframes", [0, 3])
def test_the_mean_of_a_varying_rate_is_over_the_time_it_is_shown(tmp_path: Path, bframes: int) -> None:
    times = [*(Fraction(n) for n in range(10)), *(9 + Fraction(n, 30) for n in range(1, 90))]
    for movflags in (None, FRAGMENTS):
        assert metadata(clip_of(tmp_path, times, 12, bframes, movflags)).rate == Fraction(99, 12)


@pytest.mark.parametrize("bframes", [0, 3])
def test_a_held_picture_is_reported_at_every_instant_until_the_next_one(tmp_path: Path, bframes: int) -> None:
    times = [*STEADY, *(5 + Fraction(n, 25) for n in range(30))]
    for seconds in (0.7, 2, 60):
        found = reported(clip_of(tmp_path, times, Fraction(620, 100), bframes), seconds)
        held = [instant for instant, picture in found if picture == 2200]
        # Its own Timestamp stands for the first instant at which it is on show.
        assert held == [2200, *(1000 * k // 15 for k in range(34, 75))]
        assert [instant for instant, picture in found if instant != picture] == held[1:]


def test_frames_of_a_low_rate_are_reported_once(tmp_path: Path) -> None:
    times = [*STEADY, *(Fraction(22, 10) + n for n in range(1, 5)), Fraction(624, 100)]
    found = reported(clip_of(tmp_path, times, Fraction(628, 100), 0))
    assert [instant for instant, _ in found if instant > 2200] == [3200, 4200, 5200, 6200, 6240]


def test_a_held_picture_is_decoded_once(tmp_path: Path) -> None:
    clip = clip_of(tmp_path, [*STEADY, Fraction(5)], 8, 3)
    with clip.open("rb") as file:
        assert [frame.timestamp_ms for frame in read_frames(file, 2000, 10**9, 5)] == [2000, 2200, 5000]
