"""Timestamps read from the container are those of the frames that are decoded."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.video.frames.segment_frames import read_frames
from engine.video.presentation import grid_timestamps
from testing.clips import make_clip

MOMENTS = np.cumsum(np.random.default_rng(4).choice([11, 33, 34, 70, 300, 1200], 120)) - 11
VARIABLE = [Fraction(int(moment), 1000) for moment in MOMENTS]


@pytest.mark.parametrize("hz", [5, 15])
@pytest.mark.parametrize(
    ("name", "options", "times"),
    [
        ("clip.mp4", {"bf": "3", "g": "30"}, VARIABLE),
        ("clip.mov", {"bf": "0", "g": "15"}, VARIABLE),
        ("clip.mp4", {"bf": "2", "g": "30"}, [moment - Fraction(1, 2) for moment in VARIABLE]),
        ("clip.mp4", {"bf": "2", "g": "30"}, [Fraction(n, 30) for n in range(120)]),
    ],
)
def test_the_container_tells_what_the_decoder_gives(
    tmp_path: Path, name: str, options: dict[str, str], times: list[Fraction], hz: float
) -> None:
    clip = make_clip(tmp_path / name, len(times), 30, times=times, options=options)
    with clip.open("rb") as file:
        for start, end in ((0, 10**9), (0, 1500), (1500, 4100), (4100, 4200), (4200, 10**9)):
            decoded = [frame.timestamp_ms for frame in read_frames(file, start, end, hz)]
            assert grid_timestamps(file, start, end, hz).tolist() == decoded


def test_of_frames_within_one_millisecond_the_first_is_taken(tmp_path: Path) -> None:
    times = [Fraction(0), Fraction(1, 30_000), *(Fraction(3, 10) * n for n in range(1, 10))]
    clip = make_clip(tmp_path / "clip.mp4", len(times), 30, times=times, options={"bf": "0"})
    with clip.open("rb") as file:
        decoded = [frame.timestamp_ms for frame in read_frames(file, 0, 10**9, 5)]
        assert decoded[:3] == [0, 300, 600]
        assert grid_timestamps(file, 0, 10**9, 5).tolist() == decoded
