"""What a path is made of."""

from __future__ import annotations

Box = tuple[float, float, float, float]
"""Left, top, width and height as ratios of the frame's width and height."""

Point = tuple[int, float, float, float, float]
"""Milliseconds since the start of the video, then the box."""

_DIGITS = 6
"""Decimal places of a stored ratio: a millionth of the frame is a hundredth of a pixel."""


def rounded_ratio(value: float) -> float:
    """A ratio as it is stored."""
    return round(value, _DIGITS)


def rounded(point: Point) -> Point:
    """The point as it is stored."""
    millis, left, top, width, height = point
    return millis, round(left, _DIGITS), round(top, _DIGITS), round(width, _DIGITS), round(height, _DIGITS)
