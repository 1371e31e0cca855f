"""A few seconds of the demo's street scene, with people in them."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from testing.clips import make_clip
from tools.clip import demo_clip


def cut_street(path: Path, seconds: int) -> Path:
    """Write the first `seconds` of the demo clip (768×576, 10 Hz) as H.264 to `path`."""
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(demo_clip())) as source:
        for frame in source.decode(video=0):
            frames.append(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            if len(frames) == seconds * 10:
                break
    height, width = frames[0].shape[:2]
    return make_clip(path, len(frames), 10, (width, height), picture=lambda number, _w, _h: frames[number])
