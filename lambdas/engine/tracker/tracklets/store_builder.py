"""Segment after segment put together to one `Store`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.tracker.geometry import Floats
from engine.tracker.tracklets.growing_array import GrowingArray
from engine.tracker.tracklets.store import Store

_STILL = 1e-6
"""A camera whose motions all differ from none by less than this never moves (frame heights): rounding, far
below a pixel.
"""


@dataclass(frozen=True, eq=False)
class TrackedSegment:
    """What the forward pass adds to a segment of F analysed frames and N detections.

    Attributes:
        camera: (F, 2, 3), `boxes`: (N, 4): the segment's own in frame heights.
        track: int32 (N,), `occlusion`: (N,), `process_noise_scale`: (F,): as in `Store`.
    """

    camera: Floats
    boxes: Floats
    track: npt.NDArray[np.int32]
    occlusion: npt.NDArray[np.float32]
    process_noise_scale: npt.NDArray[np.float32]


class StoreBuilder:
    """Takes segments in order and makes a `Store` of them; needs the memory of one segment more than it.

    Args:
        aspect: width over height of the frame.
        error_seconds: as in `Settings`.
    """

    def __init__(self, aspect: float, error_seconds: float) -> None:
        self._aspect, self._error_seconds = aspect, error_seconds
        self._frames = 0
        self._last_ms: int | None = None
        self._timestamps, self._camera = GrowingArray(np.int64), GrowingArray(np.float64, 2, 3)
        self._frame_of, self._boxes = GrowingArray(np.int32), GrowingArray(np.float32, 4)
        self._scores, self._track = GrowingArray(np.float32), GrowingArray(np.int32)
        self._occlusion, self._noise_scale = GrowingArray(np.float32), GrowingArray(np.float32)
        self._appearance: GrowingArray | None = None
        self._descriptor_size: int | None = None

    def check(self, segment: SegmentDetections) -> None:
        """Check that a segment with frames may come next.

        Raises:
            ValueError: it begins before the one before it has ended.
        """
        if self._last_ms is not None and segment.timestamps_ms[0] <= self._last_ms:
            raise ValueError(f"A segment begins at {segment.timestamps_ms[0]} ms, before {self._last_ms} ms")

    def add(self, segment: SegmentDetections, tracked: TrackedSegment) -> None:
        """Append a segment; nothing of it is kept but copies."""
        self._timestamps.append(segment.timestamps_ms)
        self._camera.append(tracked.camera)
        self._noise_scale.append(tracked.process_noise_scale)
        self._frame_of.append(segment.frame_of + np.int32(self._frames))
        self._boxes.append(tracked.boxes)
        self._scores.append(segment.scores)
        self._track.append(tracked.track)
        self._occlusion.append(tracked.occlusion)
        if len(segment.boxes):  # An empty segment does not know how many columns there are.
            self._add_appearance(segment.appearance)
        self._frames += len(segment.timestamps_ms)
        self._last_ms = int(segment.timestamps_ms[-1])

    def _add_appearance(self, descriptors: npt.NDArray[np.uint8]) -> None:
        """Append descriptors; let go of all where they cannot be compared.

        An upgrade may come between two segments of a video, and change what a descriptor is.
        """
        size = descriptors.shape[1]
        if self._descriptor_size is None:
            self._descriptor_size, self._appearance = size, GrowingArray(np.uint8, size)
        elif size != self._descriptor_size:
            self._appearance = None
        if self._appearance is not None:
            self._appearance.append(descriptors)

    def finish(self) -> Store:
        """The store; nothing may be added any more."""
        camera = self._camera.finish()
        still = np.allclose(camera, np.eye(2, 3), atol=_STILL)
        track = self._track.finish()
        none = np.zeros((len(track), 0), np.uint8)
        return Store(
            timestamps_ms=self._timestamps.finish(),
            camera=None if still else camera,
            frame_of=self._frame_of.finish(),
            boxes=self._boxes.finish(),
            scores=self._scores.finish(),
            track=track,
            forward_track=track.copy(),
            appearance=none if self._appearance is None else self._appearance.finish(),
            occlusion=self._occlusion.finish(),
            aspect=self._aspect,
            error_seconds=self._error_seconds,
            process_noise_scale=self._noise_scale.finish(),
        )
