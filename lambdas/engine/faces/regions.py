"""Head regions: the part of the frame in which a person's face is detected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEADS_TALL = 6
"""Heads in a person's height: seven to eight in a standing adult, fewer in a child or a box too small."""

HEADS_WIDE = 3
"""Heads in the width of a person's head and shoulders."""

LEAST_FACE_PIXELS = 24
"""Smaller faces have too few pixels to be reliable."""

FACE_OF_HEAD = 0.75
"""A face's size by that of the head, as it is estimated from a person's box: of 134 faces in a 1080p street
95 % are no larger. Heads too small for a large enough face are left out; of 285 below 38 pixels none had one.
"""


@dataclass(frozen=True)
class Region:
    """A square of the frame, in pixels: `side` long, from `left` and `top` on. It may stick out."""

    left: float
    top: float
    side: float

    def ratios(self, frame_size: tuple[int, int]) -> tuple[float, float, float, float]:
        """left, top, width, height as ratios of the frame."""
        width, height = frame_size
        return self.left / width, self.top / height, self.side / width, self.side / height

    @property
    def middle(self) -> tuple[float, float]:
        """x and y in pixels."""
        return self.left + self.side / 2, self.top + self.side / 2

    def part(self, x: float, y: float, size: float) -> Region:
        """The square with its middle at (x, y) and of side `size`, all ratios of this one."""
        side = size * self.side
        return Region(self.left + x * self.side - side / 2, self.top + y * self.side - side / 2, side)

    def grown(self, factor: float) -> Region:
        """The same middle, the side `factor` times as long."""
        return self.part(0.5, 0.5, factor)


def head_region(box: NDArray[np.float32], frame_size: tuple[int, int]) -> Region | None:
    """The square that holds the head of the person in `box` (ratios), or None where the face is too small."""
    left, top, width, height = np.asarray(box, np.float64) * np.array([*frame_size, *frame_size])
    head = max(height / HEADS_TALL, width / HEADS_WIDE)
    if FACE_OF_HEAD * head < LEAST_FACE_PIXELS:
        return None
    side = max(1.2 * width, 0.4 * height)
    return Region(left + width / 2 - side / 2, top - 0.1 * side, side)
