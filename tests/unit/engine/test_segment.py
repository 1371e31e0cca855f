"""Analysis of a segment: in parallel, the same wherever the video is cut, and only where something moves."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis.detections import SegmentDetections
from engine.analysis.segment import Analyst
from engine.video.metadata import read_metadata
from engine.video.segments import Segment, plan_segments
from testing.clips import Image, make_clip
from testing.spot_detector import SpotDetector

GROUND = np.random.default_rng(8).integers(40, 120, (240, 320, 1), np.uint8).repeat(3, 2)


def walking(number: int, width: int, height: int) -> Image:
    """A spot that crosses the picture, pauses in the middle from frame 60 to 160, and goes on."""
    at = min(number, 60) + max(0, number - 160)
    picture = GROUND.copy()
    picture[80:140, 2 * at : 2 * at + 20] = 230
    return picture


def together(parts: list[SegmentDetections]) -> dict[str, NDArray[np.generic]]:
    """Segments' arrays put one after the other, rows counted through; frames that were decoded, summed."""
    arrays = {field.name: [getattr(part, field.name) for part in parts] for field in fields(parts[0])}
    frames = np.cumsum([0, *(len(part.timestamps_ms) for part in parts)])
    arrays["frame_of"] = [part.frame_of + start for part, start in zip(parts, frames, strict=False)]
    whole = {name: np.concatenate(pieces) for name, pieces in arrays.items()}
    whole["decoding"] = np.sum(arrays["decoding"], axis=0)
    return whole


def analysed(clip: Path, seconds: float, workers: int) -> dict[str, NDArray[np.generic]]:
    with clip.open("rb") as file:
        analyst = Analyst(SpotDetector(), None, 5, workers)
        segments = plan_segments(read_metadata(file), seconds)
        return together([analyst.analyse(file, segment) for segment in segments])


@pytest.mark.parametrize("variable", [False, True])
def test_what_is_found_depends_on_neither_the_cut_nor_the_workers(tmp_path: Path, variable: bool) -> None:
    times = [Fraction(n, 20) + Fraction(n // 7 * 7, 100) for n in range(240)] if variable else None
    clip = make_clip(tmp_path / "clip.mp4", 240, 20, picture=walking, times=times, options={"g": "50"})
    whole = analysed(clip, 3600, workers=3)
    assert len(whole["boxes"]) == len(whole["timestamps_ms"])
    for seconds in (1.7, 4, 5, 11):
        cut = analysed(clip, seconds, workers=1)
        assert all(np.array_equal(cut[name], whole[name]) for name in whole)


def test_the_spot_is_where_it_was_drawn(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 60, 20, picture=walking)
    found = analysed(clip, 3600, workers=2)
    assert found["timestamps_ms"].tolist() == list(range(0, 3000, 200))
    drawn = np.array([2 * 4 * k / 320 for k in range(15)])
    assert np.abs(found["boxes"][:, 0] - drawn).max() < 0.01


def test_a_still_scene_is_analysed_once_in_five_seconds(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 240, 20, picture=lambda *_: walking(100, 320, 240))
    detector = SpotDetector()
    with clip.open("rb") as file:
        found = Analyst(detector, None, 5, 2).analyse(file, Segment(0, 0, 12_000))
    assert detector.calls == 3
    assert len(found.timestamps_ms) == len(found.boxes) == 60
    assert np.array_equal(found.camera, np.tile(np.eye(2, 3, dtype=np.float32), (60, 1, 1)))


def test_a_segment_beyond_the_end_holds_nothing(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 40, 20, picture=walking)
    with clip.open("rb") as file:
        found = Analyst(SpotDetector(), None, 5, 2).analyse(file, Segment(9, 60_000, 90_000))
    assert len(found.timestamps_ms) == 0
