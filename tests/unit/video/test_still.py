"""The still of a scene."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.video.metadata import read_metadata
from engine.video.still import WIDTH, scene_still, still_millis
from shared.still import Still
from testing.clips import make_clip, number_in


def opened(still: Still | None) -> np.ndarray:
    assert still is not None
    with av.open(io.BytesIO(still.jpeg), "r") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert picture.shape == (still.height, still.width, 3)
    return picture


def test_it_shows_the_frame_asked_for(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 100, 25).open("rb") as file:
        picture = opened(scene_still(file, 2000))
    assert picture.shape == (240, 320, 3)
    assert number_in(picture) == 50


def test_it_is_upright_and_no_wider_than_needed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", 10, 25, size=(1280, 2048), rotate=90)
    with clip.open("rb") as file:
        assert opened(scene_still(file, 0)).shape == (600, WIDTH, 3)


@pytest.mark.parametrize("body", [b"", b"no video at all" * 1000])
def test_what_has_no_frames_has_no_still(body: bytes) -> None:
    assert scene_still(io.BytesIO(body), 0) is None


def test_after_the_end_there_is_no_still(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 10, 25).open("rb") as file:
        assert scene_still(file, 3_600_000) is None


@pytest.mark.parametrize(
    ("size", "pixels", "rotate", "shown"),
    [
        ((352, 480), Fraction(20, 11), 0, (640, 480)),
        ((480, 352), Fraction(11, 20), 90, (640, 480)),
        ((1920, 270), Fraction(1, 2), 0, (WIDTH, 270)),
    ],
)
def test_it_has_the_shape_the_video_is_shown_in(
    tmp_path: Path, size: tuple[int, int], pixels: Fraction, rotate: float, shown: tuple[int, int]
) -> None:
    with make_clip(tmp_path / "a.mp4", 10, 25, size, pixels=pixels, rotate=rotate).open("rb") as file:
        still = scene_still(file, 0)
    assert still is not None
    assert (still.width, still.height) == shown
    opened(still)


def test_it_says_which_frame_it_shows(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 100, 25).open("rb") as file:
        still = scene_still(file, 1990)
    assert still is not None
    assert still.at_ms == number_in(opened(still)) * 40


def test_it_is_taken_in_the_middle_where_that_is_near_a_keyframe(tmp_path: Path) -> None:
    for gop, middle in (("50", 150_000), ("100000", 60_000)):
        options = {"g": gop, "sc_threshold": "0", "bf": "0"}
        clip = make_clip(tmp_path / f"{gop}.mp4", 300, 1, (64, 48), options=options)
        with clip.open("rb") as file:
            assert still_millis(read_metadata(file)) == pytest.approx(middle, abs=1000)
