"""Frames that cannot be decoded are counted, and a video of which most cannot is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.video.errors import VideoError
from engine.video.frames.decode_count import DecodeCounter, DecodeCounts
from engine.video.frames.segment_frames import read_frames
from testing.clips import grain, make_clip
from testing.mp4_rewriting import overwrite_media


def counts(path: Path, start_ms: int = 0, end_ms: int = 10**9) -> DecodeCounts:
    counter = DecodeCounter(start_ms, end_ms)
    with path.open("rb") as file:
        list(read_frames(file, start_ms, end_ms, 5, counter=counter))
    return counter.counts


def clip_of(path: Path, codec: str, pix_fmt: str = "yuv420p") -> Path:
    return make_clip(
        path, 100, size=(96, 64), codec=codec, pix_fmt=pix_fmt, options={"g": "25"}, picture=grain
    )


CODECS = [
    ("a.mp4", "libx264", "yuv420p"),
    ("a.mp4", "libx265", "yuv420p"),
    ("a.mp4", "libvpx-vp9", "yuv420p"),
    ("a.mp4", "libsvtav1", "yuv420p"),
    ("a.mov", "mjpeg", "yuvj420p"),
    ("a.mov", "mpeg2video", "yuv420p"),
    ("a.mov", "prores_ks", "yuv422p10le"),
]


@pytest.mark.parametrize(("name", "codec", "pix_fmt"), CODECS)
def test_of_a_whole_video_no_frame_is_lost(tmp_path: Path, name: str, codec: str, pix_fmt: str) -> None:
    found = counts(clip_of(tmp_path / name, codec, pix_fmt))
    assert (found.lost, found.damaged) == (0, 0)
    assert found.frames >= 40
    found.check()
    assert found.note is None


@pytest.mark.parametrize(("name", "codec", "pix_fmt"), CODECS)
def test_a_video_of_which_most_frames_do_not_decode_is_refused(
    tmp_path: Path, name: str, codec: str, pix_fmt: str
) -> None:
    clip = clip_of(tmp_path / name, codec, pix_fmt)
    overwrite_media(clip, 0.1, 1)
    found = counts(clip)
    with pytest.raises(VideoError, match=r"^The video is damaged: only \d+ of \d+ frames could be decoded\."):
        found.check()


def test_a_few_bad_frames_are_noted_with_their_share(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", "libx264")
    overwrite_media(clip, 0.5, 0.6)
    found = counts(clip)
    found.check()
    share = 100 * (found.lost + found.damaged) / found.frames
    assert 5 < share < 20
    assert found.note == f"{share:.1f} % of the frames could not be decoded without errors."


def test_up_to_two_per_cent_need_no_note() -> None:
    assert DecodeCounts(1000, 15, 5).note is None
    assert DecodeCounts(1000, 15, 6).note == "2.1 % of the frames could not be decoded without errors."


def test_segments_count_every_frame_once(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", "libx264")
    overwrite_media(clip, 0.5, 0.6)
    parts = [counts(clip, start, start + 700) for start in range(0, 4200, 700)]
    assert sum(part.frames for part in parts) == counts(clip).frames


def test_two_packets_of_one_frame_are_no_loss() -> None:
    counter = DecodeCounter(0, 1000)
    counter.restart("h264")
    for field in range(100):
        counter.given(10 * field, refused=False)
        if field % 2:
            counter.decoded(10 * field, damaged=False)
    assert counter.counts == DecodeCounts(100, 0, 0)
