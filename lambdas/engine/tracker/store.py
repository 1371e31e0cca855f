"""All detections of a video in a few arrays, and the path each belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.tracker.camera_path import Travel

NOBODY = -1
"""The path of a detection that belongs to none."""


@dataclass(eq=False)
class Store:
    """N detections in F analysed frames.

    Attributes:
        seconds: float64 (F,), time of each analysed frame.
        timestamps_ms: int64 (F,).
        camera: float64 (F, 2, 3), motion from the frame before, in frame heights; None where it never moves.
        frame_of: int32 (N,), never falling.
        boxes: float32 (N, 4), centre x, centre y, width, height in frame heights.
        scores: float32 (N,).
        path: int32 (N,), the path of each detection or `NOBODY`.
        appearance: uint8 (N, D).
        hidden: float32 (N,), share of the box behind nearer ones in the same frame, 0..1.
        aspect: width over height of the frame.
        unrest: float32 (F,), how many times more than a calm walk the places' speeds wander, 1 or more.
    """

    timestamps_ms: npt.NDArray[np.int64]
    camera: npt.NDArray[np.float64] | None
    frame_of: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    path: npt.NDArray[np.int32]
    appearance: npt.NDArray[np.uint8]
    hidden: npt.NDArray[np.float32]
    aspect: float
    unrest: npt.NDArray[np.float32]

    @cached_property
    def travel(self) -> Travel | None:
        """Motions between frames far apart; None where the camera never moves."""
        return None if self.camera is None else Travel(self.camera)

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """Times of the analysed frames."""
        return self.timestamps_ms / 1000.0

    def seconds_of(self, first: int, last: int) -> npt.NDArray[np.float64]:
        """Times of the analysed frames from ``first`` up to but not including ``last``."""
        return self.timestamps_ms[first:last] / 1000.0
