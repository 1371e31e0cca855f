"""What a detector answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

LOWEST_CHANCE = 0.05
# Boxes that share more of their union are one person found twice: two real people side by side rarely share
# as much.
SAME_PERSON = 0.6


@dataclass(frozen=True)
class Detections:
    """The people of one frame, best first.

    boxes: float32 (n, 4), left, top, width, height as ratios of the frame's width and height; a box may lie
        partly outside the frame.
    scores: float32 (n,), the chance from 0 to 1 that the box holds a person and fits by half or better
        (intersection over union). It means the same whichever detector answered: 0.5 is as likely as not.
        Boxes down to a chance of 0.05 are kept: alone they are nothing, but where a known person is expected
        they tell where.
    """

    boxes: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)


class Detector(Protocol):
    """Finds people in single frames."""

    name: str

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        """The (width, height) in pixels that frames of this size are to be resized to before `detect`."""
        ...

    def detect(self, image: Image) -> Detections:
        """Finds the people in `image`, uint8 RGB (height, width, 3), the whole frame at `input_size`."""
        ...
