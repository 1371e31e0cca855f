"""Frames as large as 8K stay within the functions' memory: few are held at once, the largest are refused.

What they take is measured by `python -m bench.speed.memory`.
"""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from av.codec.context import ThreadType

from engine.analysis.segment import Analyst
from engine.video import still
from engine.video.containers import container
from engine.video.errors import VideoError
from engine.video.metadata import read_metadata
from testing.clips import make_clip, number_in

SIZE = (128, 64)


@pytest.fixture
def all_frames_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "LARGE_FRAME_BYTES", 1)
    monkeypatch.setattr(still, "LARGE_FRAME_BYTES", 1)


@pytest.fixture
def largest_frames_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MAX_PIXELS", SIZE[0] * SIZE[1])


@pytest.mark.usefixtures("largest_frames_are_small")
@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.mp4", "libx264", "yuv444p"),
        ("a.mp4", "libx264", "yuv420p10le"),
        ("a.mp4", "libx265", "yuv422p10le"),
        ("a.mov", "prores_ks", "yuva444p10le"),
        ("a.mov", "png", "rgba64be"),
    ],
)
def test_frames_of_a_full_picture_are_read_up_to_the_depth_of_cameras(
    tmp_path: Path, name: str, codec: str, pix_fmt: str
) -> None:
    with make_clip(tmp_path / name, 3, size=SIZE, codec=codec, pix_fmt=pix_fmt).open("rb") as file:
        assert read_metadata(file).frame_width == SIZE[0]


@pytest.mark.usefixtures("largest_frames_are_small")
@pytest.mark.parametrize(
    ("codec", "pix_fmt", "taken", "most"),
    [("libx264", "yuv444p10le", 6, 3), ("libx264", "yuv422p10le", 4, 3), ("libx265", "yuv444p12le", 6, 4)],
)
def test_deeper_ones_of_a_codec_that_keeps_many_are_refused_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, pix_fmt: str, taken: int, most: int
) -> None:
    clip = make_clip(tmp_path / "a.mp4", 3, size=SIZE, codec=codec, pix_fmt=pix_fmt)
    # Sizes that a megabyte shows.
    monkeypatch.setattr(container, "frame_bytes", lambda _: taken * 10**6)
    monkeypatch.setattr(container, "MAX_PIXELS", 10**6)
    with clip.open("rb") as file, pytest.raises(VideoError) as caught:
        read_metadata(file)
    assert str(caught.value) == (
        f"A decoded frame of the video takes {taken} MB of memory: at most {most} MB can be processed. "
        "Make it smaller: ffmpeg -i in.mp4 -an "
        "-vf scale=1920:1920:force_original_aspect_ratio=decrease:force_divisible_by=2 "
        "-pix_fmt yuv420p out.mp4"
    )


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "bytes_a_pixel"),
    [("libx264", "yuv420p", 1.5), ("libx265", "yuv420p10le", 3), ("libx264", "yuv444p10le", 6)],
)
def test_a_frame_takes_what_its_pixel_format_does(
    tmp_path: Path, codec: str, pix_fmt: str, bytes_a_pixel: float
) -> None:
    clip = make_clip(tmp_path / "a.mp4", 3, size=SIZE, codec=codec, pix_fmt=pix_fmt)
    with clip.open("rb") as file, container.open_video(file) as video:
        assert container.frame_bytes(video.stream) == SIZE[0] * SIZE[1] * bytes_a_pixel


def test_8k_of_ten_bits_is_below_the_limit_of_every_codec() -> None:
    for codec in ("h264", "hevc", "libdav1d", "vp9", "prores", "png"):
        assert container.max_frame_bytes(codec) >= 8192 * 4352 * 3


def test_small_frames_are_decoded_several_at_once(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 3).open("rb") as file, container.open_video(file, 2) as video:
        assert video.stream.thread_type == ThreadType.AUTO


@pytest.mark.usefixtures("all_frames_are_large")
def test_large_frames_are_decoded_one_at_a_time(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 3).open("rb") as file, container.open_video(file, 2) as video:
        assert video.stream.thread_type == ThreadType.SLICE


@pytest.mark.usefixtures("all_frames_are_large")
def test_the_still_of_large_frames_is_the_keyframe_before(tmp_path: Path) -> None:
    with make_clip(tmp_path / "a.mp4", 100, 25, options={"g": "30"}).open("rb") as file:
        found = still.scene_still(file, 2000)
    assert found is not None
    assert found.at_ms == 30 * 40
    with av.open(io.BytesIO(found.jpeg), "r") as picture:
        assert (
            number_in(next(picture.decode(video=0)).to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            == 30
        )


@pytest.mark.parametrize(
    ("frame_bytes", "waiting"), [(3_110_400, 4), (53_000_000, 2), (107_000_000, 1), (285_000_000, 0)]
)
def test_few_large_frames_wait_for_the_models(frame_bytes: int, waiting: int) -> None:
    analyst = Analyst(detector=None, faces=None, hz=5, workers=2)  # type: ignore[arg-type]  # never asked
    assert analyst.waiting(frame_bytes) == waiting
