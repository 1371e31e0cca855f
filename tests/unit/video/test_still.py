"""The still of a scene."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from engine.video.still import WIDTH, scene_jpeg
from testing.clips import make_clip, number_in


def opened(jpeg: bytes | None):  # type: ignore[no-untyped-def]
    assert jpeg is not None
    with av.open(io.BytesIO(jpeg)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def test_it_shows_the_frame_asked_for(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 100, 25).open("rb") as file:
        picture = opened(scene_jpeg(file, 2000))
    assert picture.shape == (240, 320, 3)
    assert number_in(picture) == 50


def test_it_is_upright_and_no_wider_than_needed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", 10, 25, size=(1280, 2048), rotate=90)
    with clip.open("rb") as file:
        assert opened(scene_jpeg(file, 0)).shape == (600, WIDTH, 3)


@pytest.mark.parametrize("body", [b"", b"no video at all" * 1000])
def test_what_has_no_frames_has_no_still(body: bytes) -> None:
    assert scene_jpeg(io.BytesIO(body), 0) is None


def test_after_the_end_there_is_no_still(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 10, 25).open("rb") as file:
        assert scene_jpeg(file, 3_600_000) is None
