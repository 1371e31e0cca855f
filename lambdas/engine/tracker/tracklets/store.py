"""All detections of a video in a few arrays, and the track each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.tracker.motion.camera_path import CameraPath
from engine.tracker.time_limits import frame_durations
from engine.tracker.tracklets.joins import Joins

UNASSIGNED = -1
"""The track of a detection that belongs to none."""


@dataclass(eq=False)
class Store:
    """N detections in F analysed frames.

    Attributes:
        timestamps_ms: int64 (F,).
        camera: float64 (F, 2, 3), motion from the frame before, in frame heights; None where it never moves.
        frame_of: int32 (N,), never falling.
        boxes: float32 (N, 4), centre x, centre y, width, height in frame heights.
        scores: float32 (N,), confidence, 0..1.
        track: int32 (N,), the track of each detection or `UNASSIGNED`.
        forward_track: int32 (N,), the tracklet that the forward pass gave each detection, or `UNASSIGNED`.
        appearance: uint8 (N, D), D is 0 where there are no descriptors.
        occlusion: float32 (N,), share of the box behind nearer ones in the same frame, 0..1.
        aspect: width over height of the frame.
        error_seconds: time in which the correlation of the detector's errors falls to 1/e, as in `Settings`.
        process_noise_scale: float32 (F,), what the forward pass multiplied the process noise by, 1 or more.
        joins: what stitching joined, in the order in which it did.
    """

    timestamps_ms: npt.NDArray[np.int64]
    camera: npt.NDArray[np.float64] | None
    frame_of: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    track: npt.NDArray[np.int32]
    forward_track: npt.NDArray[np.int32]
    appearance: npt.NDArray[np.uint8]
    occlusion: npt.NDArray[np.float32]
    aspect: float
    error_seconds: float
    process_noise_scale: npt.NDArray[np.float32]
    joins: Joins = field(default_factory=Joins.none)

    @property
    def has_appearance(self) -> bool:
        """Whether there are appearance descriptors."""
        return bool(self.appearance.shape[1])

    @cached_property
    def camera_path(self) -> CameraPath | None:
        """Motions between frames far apart; None where the camera never moves."""
        return None if self.camera is None else CameraPath(self.camera)

    @property
    def seconds(self) -> npt.NDArray[np.float64]:
        """Times of the analysed frames."""
        return self.timestamps_ms / 1000.0

    @cached_property
    def frame_durations(self) -> npt.NDArray[np.float64]:
        """Seconds (F,) that each analysed frame stands for."""
        return frame_durations(self.timestamps_ms)

    def seconds_of(self, first: int, last: int) -> npt.NDArray[np.float64]:
        """Times of the analysed frames from ``first`` up to but not including ``last``."""
        return self.timestamps_ms[first:last] / 1000.0

    def rows_by_frame(self) -> npt.NDArray[np.intp]:
        """(F + 1,), where each frame's detections begin, and their number at the end."""
        edges: npt.NDArray[np.intp] = np.searchsorted(self.frame_of, np.arange(len(self.timestamps_ms) + 1))
        return edges

    def unassign(self, tracks: npt.NDArray[np.int32]) -> None:
        """Take the detections of these tracks from them."""
        self.track[np.isin(self.track, tracks)] = UNASSIGNED
