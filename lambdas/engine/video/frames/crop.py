"""A part of a frame from its full resolution, without converting the rest of it."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from engine.video.frames.orientation import Orientation

_PLANAR = {  # 8-bit planar formats: how much narrower and lower the colour planes are
    "yuv420p": (2, 2),
    "yuvj420p": (2, 2),
    "yuv422p": (2, 1),
    "yuvj422p": (2, 1),
    "yuv444p": (1, 1),
    "yuvj444p": (1, 1),
}


def crop(
    frame: VideoFrame,
    orientation: Orientation,
    box: tuple[float, float, float, float],
    width: int,
    height: int,
) -> NDArray[np.uint8]:
    """The part of `frame` within `box`, scaled and turned.

    Args:
        frame: as stored.
        orientation: how it is shown.
        box: left, top, width, height as ratios of the frame as shown; may reach beyond it, where black is.
        width, height: of the result, in pixels, ≥ 1.

    Returns:
        uint8 RGB (height, width, 3), contiguous.
    """
    left, top, box_width, box_height = orientation.stored_box(*box)
    columns, rows = orientation.size(width, height)
    canvas = np.zeros((rows, columns, 3), np.uint8)
    if box_width > 0 and box_height > 0:
        across = _overlap(left, box_width, frame.width, columns)
        down = _overlap(top, box_height, frame.height, rows)
        if across and down:
            (x0, x1, u0, u1), (y0, y1, v0, v1) = across, down
            part = _cut(frame, x0, y0, x1, y1)
            canvas[v0:v1, u0:u1] = part.reformat(u1 - u0, v1 - v0, "rgb24", threads=1).to_ndarray()
    return orientation.apply(canvas)


def _overlap(start: float, extent: float, pixels: int, cells: int) -> tuple[int, int, int, int] | None:
    """Source pixels [0:2] and target cells [2:4] of the part of an interval (ratios) that lies in the
    frame.
    """
    first, last = max(0.0, start), min(1.0, start + extent)
    if last - first <= 0:
        return None
    u0, u1 = round((first - start) / extent * cells), round((last - start) / extent * cells)
    if u1 <= u0:
        return None
    x0, x1 = floor(first * pixels), ceil(last * pixels)
    return min(x0, pixels - 1), max(x1, min(x0, pixels - 1) + 1), u0, u1


def _cut(frame: VideoFrame, x0: int, y0: int, x1: int, y1: int) -> VideoFrame:
    """Pixels [y0:y1, x0:x1] as a frame of its own, widened to whole colour samples."""
    if frame.format.name not in _PLANAR:
        frame = frame.reformat(format="yuv420p", threads=1)
    across, down = _PLANAR[frame.format.name]
    x0, y0 = x0 // across * across, y0 // down * down
    part = VideoFrame(x1 - x0, y1 - y0, frame.format.name)
    part.colorspace, part.color_range = frame.colorspace, frame.color_range
    for index, (source, target) in enumerate(zip(frame.planes, part.planes, strict=True)):
        shrink_x, shrink_y = (across, down) if index else (1, 1)
        pixels = np.frombuffer(memoryview(source), np.uint8).reshape(-1, source.line_size)
        wanted = np.frombuffer(memoryview(target), np.uint8).reshape(
            -1, target.line_size
        )  # a view: written in place
        rows, columns = target.height, target.width
        wanted[:rows, :columns] = pixels[
            y0 // shrink_y : y0 // shrink_y + rows, x0 // shrink_x : x0 // shrink_x + columns
        ]
    return part
