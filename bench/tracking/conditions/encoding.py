"""Videos written as a camera with an H.264 encoder writes them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

GOOD_CRF = 18
"""Constant rate factor of x264 that loses nothing one would see; 51 is the worst."""


def write_video(
    pictures: Iterable[npt.NDArray[np.uint8]], fps: Fraction, target: Path, crf: int = GOOD_CRF
) -> None:
    """Write pictures (height, width, 3), all of one even size, to an MP4 file."""
    options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"unfinished-{target.name}")
    with av.open(str(unfinished), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=fps, options=options)
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    unfinished.replace(target)
