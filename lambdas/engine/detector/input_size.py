"""The size of a detector's input for a frame."""

from __future__ import annotations


def input_size(frame_width: int, frame_height: int, long_side: int, multiple: int = 32) -> tuple[int, int]:
    """(width, height) with the longer side `long_side` and the other as near the frame's shape as `multiple`
    allows.

    The frame is stretched to it, by no more than a few percent, so nothing is spent on padding. Frames
    longer than 4:1 are stretched further. Raises ValueError for a frame without pixels.
    """
    if frame_width < 1 or frame_height < 1:
        raise ValueError(f"A frame of {frame_width} x {frame_height} pixels has no shape.")
    shorter, longer = sorted((frame_width, frame_height))
    short_side = max(round(long_side * shorter / longer / multiple) * multiple, long_side // 4)
    return (long_side, short_side) if frame_width >= frame_height else (short_side, long_side)
