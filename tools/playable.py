"""Videos that browsers do not play, copied as ones that they do: for previews on this machine only."""

from __future__ import annotations

import os
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av

from tools.progress import Progress, estimate

_SUFFIXES = (".mp4", ".mov")
_LONGEST_SECONDS = 600
"""Encoding takes about a tenth of the playing time; nobody waits longer than a minute for a preview."""
_QUALITY = {"preset": "veryfast", "crf": "23"}


def plays_in_browsers(video: Path) -> bool:
    """Whether browsers know the container. AVI is the one container of the pipeline that they do not."""
    return video.suffix.lower() in _SUFFIXES


def playable_copy(video: Path, copy: Path, progress: Progress) -> bool:
    """Write the pictures of `video` to `copy` as H.264 in MP4, each at its own time.

    Returns False, and writes nothing, if the video is too long for that or PyAV cannot encode it here.
    """
    descriptor, unfinished = tempfile.mkstemp(dir=copy.parent, prefix=f".{copy.stem[:40]}-", suffix=".mp4")
    os.close(descriptor)
    try:
        if not _encode(video, unfinished, progress):
            return False
        os.chmod(unfinished, 0o644)
        os.replace(unfinished, copy)
        return True
    except (av.FFmpegError, ValueError):  # without a copy the report still shows the still and the paths
        return False
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _encode(video: Path, out: str, progress: Progress) -> bool:
    started = time.monotonic()
    with av.open(str(video)) as source, av.open(out, "w", options={"movflags": "+faststart"}) as target:
        pictures = source.streams.video[0]
        seconds = float(source.duration or 0) / av.time_base
        if not 0 < seconds <= _LONGEST_SECONDS:
            return False
        pictures.thread_type = "AUTO"
        stream = target.add_stream("libx264", rate=pictures.average_rate or Fraction(25), options=_QUALITY)
        # H.264 with 4:2:0, the one form every browser plays, has even sides.
        stream.width, stream.height = pictures.width & ~1, pictures.height & ~1
        stream.pix_fmt = "yuv420p"
        stream.time_base = pictures.time_base
        if pictures.sample_aspect_ratio:
            stream.sample_aspect_ratio = pictures.sample_aspect_ratio
        for frame in source.decode(pictures):
            share = min(1.0, float(frame.time or 0) / seconds)
            progress.show(f"making a copy that browsers play: {100 * share:.0f}%{estimate(share, started)}")
            picture = frame.reformat(stream.width, stream.height, "yuv420p")
            picture.pict_type = av.video.frame.PictureType.NONE
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))
    return True
