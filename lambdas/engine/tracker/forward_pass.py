"""The forward pass: once through the video, associating detections to short, safe tracklets.

Two confidences as in ByteTrack (Zhang et al., 2022): predictions are first associated with high-confidence
detections, then what is left of them with low-confidence ones. The process noise adapts to the innovations,
which a moving camera or a crowd that turns makes larger.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.tracker.association import Indices, assign
from engine.tracker.camera_path import in_heights
from engine.tracker.geometry import Floats, coverage_matrix, iou_matrix, to_heights
from engine.tracker.kalman import KalmanFilters
from engine.tracker.settings import Settings
from engine.tracker.store import UNASSIGNED, Store
from engine.tracker.store_builder import StoreBuilder, TrackedSegment

_RECENT_MS = 500
"""A low-confidence detection continues only tracks detected within this time, ms: a prediction older than
that fits too much.
"""

_ADAPTATION = 0.02
"""How fast the logarithm of the process noise follows the innovations: share of a detection's excess."""

_LARGEST_INNOVATION = 6.0
"""Normalised innovations squared above this count as this: one mismatch must not loosen every track."""

_LARGEST_LOG_SCALE = 1.6
"""Limit of the logarithm of the process noise's scale: at 5 times the noise anything fits anything."""


def track_forward(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Read the segments in order, one at a time, and give every detection its tracklet.

    Raises:
        ValueError: a segment begins before the one before it has ended, or has other descriptors.
    """
    builder, tracker = StoreBuilder(aspect), _OnlineTracker(settings)
    appearance_known = False
    for segment in segments:
        if len(segment.timestamps_ms) == 0:
            continue
        builder.check(segment)
        if len(segment.boxes) and not appearance_known:
            appearance_known = True
            if segment.appearance.shape[1] == 0:
                tracker.lost_seconds = settings.motion_only_lost_seconds
        builder.add(segment, _track_segment(tracker, segment, aspect, settings))
    return builder.finish()


def _track_segment(
    tracker: _OnlineTracker, segment: SegmentDetections, aspect: float, settings: Settings
) -> TrackedSegment:
    boxes = to_heights(segment.boxes, aspect)
    camera = in_heights(segment.camera, aspect)
    track = np.full(len(boxes), UNASSIGNED, np.int32)
    occlusion = np.zeros(len(boxes), np.float32)
    noise_scale = np.ones(len(segment.timestamps_ms), np.float32)
    for frame, rows in enumerate(segment.rows_by_frame()):
        ms = int(segment.timestamps_ms[frame])
        occlusion[rows] = _occlusion(boxes[rows], segment.scores[rows] >= settings.high_confidence)
        track[rows] = tracker.step(ms, camera[frame], boxes[rows], segment.scores[rows])
        noise_scale[frame] = tracker.process_noise_scale
    return TrackedSegment(camera, boxes, track, occlusion, noise_scale)


def _occlusion(boxes: Floats, high_confidence: npt.NDArray[np.bool_]) -> Floats:
    """Share (N,) of each box inside a nearer (its foot is lower in the picture) high-confidence one."""
    if len(boxes) < 2 or not high_confidence.any():
        return np.zeros(len(boxes))
    foot = boxes[:, 1] + boxes[:, 3] / 2
    nearer = (foot[None, :] > foot[:, None]) & high_confidence[None, :]
    share: Floats = np.where(nearer, coverage_matrix(boxes, boxes), 0).max(1)
    return share


class _OnlineTracker:
    """The tracks alive, frame after frame."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._filters = KalmanFilters.birth(np.zeros((0, 4)))
        self._track = np.zeros(0, np.int32)
        self._detected_ms = np.zeros(0, np.int64)
        self._now_ms = 0
        self._begun = False
        self._next_track = 0
        self._log_noise_scale = 0.0
        self.lost_seconds = settings.lost_seconds

    @property
    def process_noise_scale(self) -> float:
        """What the process noise of the centres is multiplied by just now, 1 or more."""
        return float(np.exp(self._log_noise_scale))

    def step(
        self, ms: int, camera: Floats, boxes: Floats, scores: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.int32]:
        """Predict, associate and update with one frame's detections; returns the track of each."""
        self._predict(ms, camera)
        settings = self._settings
        track = np.full(len(boxes), UNASSIGNED, np.int32)
        high = np.nonzero(scores >= settings.high_confidence)[0]
        low = np.nonzero((scores >= settings.low_confidence) & (scores < settings.high_confidence))[0]
        alive = np.arange(len(self._filters))
        free = self._associate(alive, boxes, high, settings.high_confidence_iou, track)
        matched = high[track[high] != UNASSIGNED]
        if len(matched) and len(low):
            duplicate = iou_matrix(boxes[low], boxes[matched]).max(1) >= settings.duplicate_iou
            low = low[~duplicate]
        recent = free[ms - self._detected_ms[free] <= _RECENT_MS]
        self._associate(recent, boxes, low, settings.low_confidence_iou, track)
        self._birth(ms, boxes, high[track[high] == UNASSIGNED], track)
        return track

    def _predict(self, ms: int, camera: Floats) -> None:
        if self._begun:
            self._filters.move_camera(camera)
            self._filters.predict((ms - self._now_ms) / 1000, self.process_noise_scale)
        self._now_ms, self._begun = ms, True
        alive = ms - self._detected_ms <= self.lost_seconds * 1000
        if not alive.all():
            self._filters = self._filters.pick(alive)
            self._track, self._detected_ms = self._track[alive], self._detected_ms[alive]

    def _associate(
        self, tracks: Indices, boxes: Floats, rows: Indices, least: float, track: npt.NDArray[np.int32]
    ) -> Indices:
        """Update those tracks that match one of those rows, note it in ``track``; returns the others."""
        first, second = assign(iou_matrix(self._filters.position[tracks], boxes[rows]), least)
        matched, measured = tracks[first], rows[second]
        if len(matched):
            self._adapt(self._filters.update(matched, boxes[measured]))
            self._detected_ms[matched] = self._now_ms
            track[measured] = self._track[matched]
        return np.setdiff1d(tracks, matched, assume_unique=True)

    def _adapt(self, innovation: Floats) -> None:
        """Let the process noise grow while normalised innovations squared are above 1, and fall below."""
        excess = float((np.minimum(innovation, _LARGEST_INNOVATION) - 1.0).sum())
        self._log_noise_scale = min(
            max(self._log_noise_scale + _ADAPTATION * excess, 0.0), _LARGEST_LOG_SCALE
        )

    def _birth(self, ms: int, boxes: Floats, rows: Indices, track: npt.NDArray[np.int32]) -> None:
        if len(rows) == 0:
            return
        new = np.arange(self._next_track, self._next_track + len(rows), dtype=np.int32)
        self._next_track += len(rows)
        self._filters = self._filters.followed_by(KalmanFilters.birth(boxes[rows]))
        self._track = np.concatenate([self._track, new])
        self._detected_ms = np.concatenate([self._detected_ms, np.full(len(rows), ms)])
        track[rows] = new
