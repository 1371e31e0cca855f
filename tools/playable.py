"""Videos that browsers do not play, copied as ones that they do: for previews on this machine only."""

from __future__ import annotations

import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame

from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import read_metadata
from tools.progress import Progress, estimate

_SUFFIXES = (".mp4", ".mov")
_LONGEST_MS = 600_000
"""Encoding takes up to a fifth of the playing time: two minutes at most."""
_EVERY_FRAME_HZ = 1_000.0
_AFTER_END_MS = 60_000
"""Containers may claim too short a duration."""
_CLOCK = Fraction(1, 90_000)
_QUALITY = {"preset": "veryfast", "crf": "23"}


def plays_in_browsers(video: Path) -> bool:
    """Whether browsers know the container. AVI is the one container of the pipeline that they do not."""
    return video.suffix.lower() in _SUFFIXES


def playable_copy(video: Path, copy: Path, progress: Progress) -> bool:
    """Write the pictures of `video` to `copy` as H.264 in MP4, each at its Timestamp; no sound.

    Returns False, and writes nothing, if the video is too long for that or cannot be encoded here.
    """
    descriptor, unfinished = tempfile.mkstemp(dir=copy.parent, prefix=f".{copy.stem[:40]}-", suffix=".mp4")
    os.close(descriptor)
    try:
        if not _encode(video, unfinished, progress):
            return False
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, copy)
        return True
    except (VideoError, av.FFmpegError):  # without a copy, the report still has the still and the paths
        return False
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _encode(video: Path, out: str, progress: Progress) -> bool:
    started = time.monotonic()
    with video.open("rb") as file, av.open(out, "w", options={"movflags": "+faststart"}) as target:
        metadata = read_metadata(file)
        duration = max(1, metadata.duration_millis)
        if duration > _LONGEST_MS:
            return False
        stream = target.add_stream("libx264", rate=metadata.rate.limit_denominator(65_535), options=_QUALITY)
        # 4:2:0, the one form of H.264 that every browser plays, needs even sides.
        stream.width, stream.height = metadata.frame_width & ~1, metadata.frame_height & ~1
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = _CLOCK
        for frame in read_frames(file, 0, duration + _AFTER_END_MS, _EVERY_FRAME_HZ):
            share = min(1.0, frame.timestamp_ms / duration)
            progress.show(f"making a copy that browsers play: {100 * share:.0f}%{estimate(share, started)}")
            picture = VideoFrame.from_ndarray(frame.resized(stream.width, stream.height), format="rgb24")
            picture.pts, picture.time_base = int(frame.timestamp_ms / 1000 / _CLOCK), _CLOCK
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))
    return True
