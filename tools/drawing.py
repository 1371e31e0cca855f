"""Boxes, numbers and trails drawn into a picture, in place. Pictures are uint8 RGB (height, width, 3)."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Color = tuple[int, int, int]

_DARK: Color = (11, 13, 18)
_DIGITS = {
    "0": (7, 5, 5, 5, 7),
    "1": (2, 6, 2, 2, 7),
    "2": (7, 1, 7, 4, 7),
    "3": (7, 1, 7, 1, 7),
    "4": (5, 5, 7, 1, 1),
    "5": (7, 4, 7, 1, 7),
    "6": (7, 4, 7, 5, 7),
    "7": (7, 1, 1, 1, 1),
    "8": (7, 5, 7, 5, 7),
    "9": (7, 5, 7, 1, 7),
}
"""Digits of 3 × 5 dots, a row each as bits."""


def color_of(index: int) -> Color:
    """A person's colour; the golden angle keeps neighbours apart."""
    hue = (index * 137.508 + 210) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, (0.62, 0.54, 0.7)[index % 3], 0.8)
    return round(red * 255), round(green * 255), round(blue * 255)


def thickness_of(picture: Picture) -> int:
    """Pixels a line is thick, so that it looks the same at any size."""
    return max(2, round(int(picture.shape[0]) / 300))


def draw_box(
    picture: Picture, box: tuple[float, float, float, float], color: Color, label: str, thickness: int
) -> None:
    """A box (left, top, width, height as ratios; may lie partly outside) with a number at its upper left."""
    height, width = picture.shape[:2]
    left, top = round(box[0] * width), round(box[1] * height)
    right, bottom = round((box[0] + box[2]) * width), round((box[1] + box[3]) * height)
    for edge, paint in ((thickness + 1, _DARK), (thickness, color)):
        out = edge - thickness
        _fill(picture, left - out, top - out, right + out, top + thickness, paint)
        _fill(picture, left - out, bottom - thickness, right + out, bottom + out, paint)
        _fill(picture, left - out, top, left + thickness, bottom, paint)
        _fill(picture, right - thickness, top, right + out, bottom, paint)
    _draw_label(picture, left, top, color, label, thickness)


def draw_trail(picture: Picture, points: Sequence[tuple[float, float]], color: Color, thickness: int) -> None:
    """A line through points (x, y as ratios), the newest last; the older, the fainter."""
    height, width = picture.shape[:2]
    paint = np.array(color, np.float32)
    for place in range(len(points) - 1):
        (x, y), (to_x, to_y) = points[place], points[place + 1]
        steps = max(1, int(np.hypot((to_x - x) * width, (to_y - y) * height) / max(1, thickness - 1)))
        opacity = 0.25 + 0.75 * (place + 1) / len(points)
        for step in range(steps):
            at_x = round((x + (to_x - x) * step / steps) * width)
            at_y = round((y + (to_y - y) * step / steps) * height)
            dot = _part(picture, at_x, at_y, at_x + thickness, at_y + thickness)
            dot[...] = (dot * (1 - opacity) + paint * opacity).astype(np.uint8)


def _draw_label(picture: Picture, left: int, top: int, color: Color, label: str, thickness: int) -> None:
    dot = max(2, thickness)
    room_x, room_y = (4 * len(label) + 1) * dot, 7 * dot
    top = top - room_y if top >= room_y else top
    _fill(picture, left, top, left + room_x, top + room_y, color)
    for place, digit in enumerate(label):
        for row, bits in enumerate(_DIGITS[digit]):
            for column in range(3):
                if bits >> (2 - column) & 1:
                    x, y = left + (4 * place + 1 + column) * dot, top + (1 + row) * dot
                    _fill(picture, x, y, x + dot, y + dot, _DARK)


def _fill(picture: Picture, left: int, top: int, right: int, bottom: int, color: Color) -> None:
    _part(picture, left, top, right, bottom)[...] = color


def _part(picture: Picture, left: int, top: int, right: int, bottom: int) -> Picture:
    """What of a rectangle lies in the picture."""
    return picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
