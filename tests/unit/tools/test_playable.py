"""A video that browsers do not play gets a copy that they do, with every picture at its own time."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from engine.video.frames.segment_frames import read_frames
from testing.clips import make_clip
from tools.playable import playable_copy, plays_in_browsers
from tools.progress import Progress


def _times(video: Path) -> list[int]:
    with video.open("rb") as file:
        return [frame.timestamp_ms for frame in read_frames(file, 0, 60_000, 1_000)]


def test_an_avi_becomes_h264_in_mp4_with_the_same_times(tmp_path: Path) -> None:
    source, copy = make_clip(tmp_path / "scene.avi", 30), tmp_path / "scene.mp4"
    assert not plays_in_browsers(source)
    assert playable_copy(source, copy, Progress(io.StringIO()))
    with av.open(str(copy)) as container:
        pictures = container.streams.video[0]
        assert (pictures.codec_context.name, pictures.pix_fmt) == ("h264", "yuv420p")
    assert _times(copy) == _times(source)
    assert len(_times(copy)) >= 25


@pytest.mark.parametrize("content", [b"", b"no video at all" * 100])
def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.avi").write_bytes(content)
    assert not playable_copy(tmp_path / "broken.avi", tmp_path / "copy.mp4", Progress(io.StringIO()))
    assert [path.name for path in tmp_path.iterdir()] == ["broken.avi"]
