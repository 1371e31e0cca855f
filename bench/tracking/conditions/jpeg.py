"""Pictures resized and written as JPEG files."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tools.drawing import Picture


def resized(picture: Picture, width: int, height: int) -> Picture:
    """A picture (height, width, 3) at another size."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
    return _array(frame.reformat(width, height, interpolation="AREA"), "rgb24")


def resized_mask(mask: npt.NDArray[np.float32], width: int, height: int) -> npt.NDArray[np.float32]:
    """A mask (height, width) of 0 to 1 at another size."""
    grey = np.repeat((255 * mask).astype(np.uint8)[..., None], 3, axis=2)
    return (resized(grey, width, height)[..., 0] / 255).astype(np.float32)


def write_jpeg(picture: Picture, target: Path) -> None:
    """Write a picture, its sides cut to even numbers, at a quality that shows no blocks."""
    height, width = (side // 2 * 2 for side in picture.shape[:2])
    shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), "rgb24")
    shown = shown.reformat(format="yuvj420p")
    shown.pts = 0
    with av.open(str(target), "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        stream.options = {"qmin": "5", "qmax": "8"}
        container.mux(stream.encode(shown))
        container.mux(stream.encode(None))


def _array(frame: av.VideoFrame, fmt: str) -> Picture:
    return frame.to_ndarray(format=fmt).astype(np.uint8, copy=False)
