"""Test videos: the demo clip (PETS 2009) enlarged to 720p, 1080p and 4K at 30 frames a second, as H.264.

The clip has 10 frames a second; frames between are blended and every one gets a camera's noise, so that an
encoder has as much to do as with a real recording. Two ways to encode: as editors and web sites do (x264's
usual three B-frames, a keyframe in eight seconds) and as cameras do (no B-frames, a keyframe each second);
"still" is a camera's recording of people who do not move.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tools.clip import cache, demo_clip

Picture = NDArray[np.uint8]

FPS = 30
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "4K": (3840, 2160)}
SECONDS = {"720p": 15, "1080p": 15, "4K": 5}
MEGABITS = {"720p": 3, "1080p": 6, "4K": 16}  # a second, as is usual for recordings of these sizes
ENCODERS = {
    "web": {"preset": "veryfast", "bf": "3", "b-pyramid": "normal", "refs": "3", "g": "250"},
    "camera": {"preset": "veryfast", "bf": "0", "g": "30"},
    "still": {"preset": "veryfast", "bf": "0", "g": "30"},
}


def prepared(size: str, encoder: str = "web") -> Path:
    """The video, made at first use and cached."""
    folder = cache() / "bench"
    path = folder / f"{size}-{encoder}-{SECONDS[size]}s.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            _encode(unfinished, size, encoder)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def _encode(path: Path, size: str, encoder: str) -> None:
    width, height = SIZES[size]
    noise = np.random.default_rng(0).normal(0, 3, (height + 64, width + 64)).astype(np.int16)
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = MEGABITS[size] * 1_000_000
        stream.options = dict(ENCODERS[encoder])
        for number, picture in enumerate(_pictures(SECONDS[size] * FPS, encoder == "still")):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(width, height, "yuv420p")
            light = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(
                -1, frame.planes[0].line_size
            )[:, :width]
            down, right = (number * 37) % 64, (number * 23) % 64
            grain = noise[down : down + height, right : right + width]
            light[:] = np.clip(light + grain, 16, 235)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))


def _pictures(count: int, still: bool) -> Iterator[Picture]:
    """The clip's middle 16:9 at 30 frames a second."""
    with av.open(str(demo_clip())) as clip:
        frames = clip.decode(video=0)
        before = _middle(next(frames))
        after = _middle(next(frames))
        for number in range(count):
            part = number % 3
            part = 0 if still else part
            yield ((before * (3 - part) + after * part) // 3).astype(np.uint8)
            if part == 2 and not still:
                before, after = after, _middle(next(frames))


def _middle(frame: av.VideoFrame) -> NDArray[np.uint16]:
    return frame.to_ndarray(format="rgb24")[72:504].astype(np.uint16)
