"""How small and how large people may be for a detector to find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.detector.detections import Floats

SMALLEST_HEIGHT = 14.0
"""Pixels of a detector's input: boxes that are no taller are of anything but people."""

UNSEEN_HEIGHT = 20.0
"""Pixels of a detector's input: of people who are no taller in it, it finds hardly any."""

SEEN_HEIGHT = 40.0
"""Pixels of a detector's input: of people who are taller in it, it finds nearly all who are not occluded."""


@dataclass(frozen=True)
class Scope:
    """A detector's input.

    Attributes:
        width, height: in pixels.
        largest: the longer side, in pixels, of the largest box that is to be trusted; from half of it on the
            detector misses more and more people.
    """

    width: int
    height: int
    largest: float

    def holds(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which of the boxes (n, 4), ratios of the frame, are to be trusted."""
        tall_enough = boxes[:, 3] * self.height > SMALLEST_HEIGHT
        trusted: NDArray[np.bool_] = tall_enough & (self._longer_sides(boxes) <= self.largest)
        return trusted

    def expected(self, boxes: Floats) -> Floats:
        """For each box, (n, 4), how far the detector is expected to find a person of its size, 0 to 1."""
        tall_enough = (boxes[:, 3] * self.height - UNSEEN_HEIGHT) / (SEEN_HEIGHT - UNSEEN_HEIGHT)
        small_enough = 2 - 2 * self._longer_sides(boxes) / self.largest
        shares: Floats = np.clip(np.minimum(tall_enough, small_enough), 0, 1).astype(np.float32)
        return shares

    def _longer_sides(self, boxes: Floats) -> Floats:
        sides: Floats = np.maximum(boxes[:, 2] * self.width, boxes[:, 3] * self.height)
        return sides
