"""How a frame must be turned before it is shown: the container's display matrix, as phones write it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """A turn by a multiple of 90° and a mirroring: transpose first, then the flips, all on the stored
    frame.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def degrees(self) -> int:
        """Clockwise turn in degrees: 0, 90, 180 or 270; a mirroring besides is left out."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height as shown of a frame stored as `width` × `height`; its own inverse."""
        return (height, width) if self.transpose else (width, height)

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The image (H, W, 3) as shown, contiguous."""
        if self.transpose:
            image = image.transpose(1, 0, 2)
        if self.flip_x:
            image = image[:, ::-1]
        if self.flip_y:
            image = image[::-1]
        return np.ascontiguousarray(image)

    def stored_box(self, left: float, top: float, width: float, height: float) -> tuple[float, ...]:
        """A box as shown (ratios) → the same box on the stored frame."""
        if self.flip_x:
            left = 1 - left - width
        if self.flip_y:
            top = 1 - top - height
        return (top, left, height, width) if self.transpose else (left, top, width, height)


def orientation_of(frame: VideoFrame) -> Orientation:
    """Reads the display matrix that the decoder hands on with every frame; upright when there is none.

    The matrix maps stored (x, y) to shown ``x' = a·x + c·y``, ``y' = b·x + d·y`` (ISO/IEC 14496-12, 6.2.2).
    """
    side_data = frame.side_data.get("DISPLAYMATRIX")
    if side_data is None:
        return Orientation()
    a, b, _, c, d = struct.unpack_from("=5i", memoryview(side_data))  # type: ignore[arg-type]
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(transpose=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)
