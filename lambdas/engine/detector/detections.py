"""What a detector takes and returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

LOWEST_SCORE = 0.065
"""Boxes of a lower probability are dropped. With lower ones the tracker follows more people whom the ground
truth leaves out (PETS09-S2L1: HOTA 69.4 at 0.05, 70.0 at this).
"""

DUPLICATE_IOU = 0.6
"""Boxes with a higher IoU are one person detected twice: two people side by side rarely overlap as much."""


@dataclass(frozen=True)
class Detections:
    """The people of one frame, highest score first.

    boxes: float32 (n, 4), left, top, width, height as ratios of the frame's width and height; a box may lie
        partly outside the frame.
    scores: float32 (n,), the calibrated probability from 0 to 1 that the box holds a person and fits at an
        IoU of 0.5 or better; it means the same for every detector. Boxes down to `LOWEST_SCORE` are kept: by
        itself such a detection is nothing, but the tracker uses it where a known person is expected.
    """

    boxes: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)


class Detector(Protocol):
    """Detects people in single frames."""

    name: str

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        """The (width, height) in pixels that frames of this size are to be resized to before `detect`."""
        ...

    def detect(self, image: Image) -> Detections:
        """Detects the people in `image`, uint8 RGB (height, width, 3), the whole frame at `input_size`."""
        ...


class Member(Detector, Protocol):
    """A detector that can be a member of an ensemble.

    `largest_box`: pixels of the input, the longer side of the largest box that is to be trusted.
    """

    largest_box: float
