"""The forward pass: once through the video, associating detections to short, safe tracklets.

Two confidences as in ByteTrack (Zhang et al., 2022): predictions are first associated with high-confidence
detections, then what is left of them with low-confidence ones. Where analysed frames are too far apart in
time for IoU, only what is unambiguous is associated, and the rest is left to stitching. The process noise
adapts to the innovations, which a moving camera or a crowd that turns makes larger.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.tracker.association import Indices, assign
from engine.tracker.geometry import Floats, coverage_matrix, iou_matrix, to_heights
from engine.tracker.motion.camera_path import in_heights
from engine.tracker.motion.error_correlation import independent_share
from engine.tracker.motion.kalman import KalmanFilters
from engine.tracker.settings import Settings
from engine.tracker.time_limits import within
from engine.tracker.tracklets.store import UNASSIGNED, Store
from engine.tracker.tracklets.store_builder import StoreBuilder, TrackedSegment

_RECENT_SECONDS = 0.5
"""A low-confidence detection continues only tracks detected within this time: an older prediction fits
too much.
"""

_IOU_STEP_SECONDS = 0.3
"""Longest step between analysed frames at which IoU associates. In 0.3 s a walk of 0.8 body heights a second
covers 0.6 of a box's width: the IoU with the first box of its track is then 0.25, a neighbour's may be more.
"""

_DISTANCE_STEP_SECONDS = 2.5
"""Longest step at which distance associates: beyond it someone may be anywhere in the picture."""

_DISTANCE_GATE = 9.21
"""Squared Mahalanobis distance from a prediction that 99 of 100 detections are within (χ² of 2 degrees)."""

_HEIGHT_GATE = 2.0
"""Nobody is this many times taller or less tall a step later; half a body is often all that is visible."""

_CUT_OFF_HEIGHT_GATE = 3.0
"""The same where the smaller box ends at the frame's top or bottom: of someone entering there a head and
shoulders are seen first.
"""

_BORDER = 0.02
"""Frame heights from the frame's top or bottom at which a box is cut off by it."""

_SAME_PLACE_IOU = 0.6
"""IoU of someone who stays where they are, after a step of any length."""

_ADAPTATION = 0.02
"""How fast the logarithm of the process noise follows the innovations: share of a detection's excess."""

_LARGEST_INNOVATION = 6.0
"""Normalised innovations squared above this count as this: one mismatch must not loosen every track."""

_LARGEST_LOG_SCALE = 1.6
"""Limit of the logarithm of the process noise's scale: at 5 times the noise anything fits anything."""


def track_forward(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Read the segments in order, one at a time, and give every detection its tracklet.

    Raises:
        ValueError: a segment begins before the one before it has ended.
    """
    builder, tracker = StoreBuilder(aspect, settings.error_seconds), OnlineTracker(settings)
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
    tracker: OnlineTracker, segment: SegmentDetections, aspect: float, settings: Settings
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


def _heights_fit(predicted: Floats, measured: Floats) -> npt.NDArray[np.bool_]:
    """Whether predictions (T, 4) and detections (N, 4) may be of one person by their heights, (T, N)."""
    growth = measured[None, :, 3] / predicted[:, None, 3]
    most = np.where(_cut_off(predicted), _CUT_OFF_HEIGHT_GATE, _HEIGHT_GATE)[:, None]
    least = 1 / np.where(_cut_off(measured), _CUT_OFF_HEIGHT_GATE, _HEIGHT_GATE)[None, :]
    fit: npt.NDArray[np.bool_] = (growth <= most) & (growth >= least)
    return fit


def _cut_off(boxes: Floats) -> npt.NDArray[np.bool_]:
    half = boxes[:, 3] / 2
    cut_off: npt.NDArray[np.bool_] = (boxes[:, 1] - half <= _BORDER) | (boxes[:, 1] + half >= 1 - _BORDER)
    return cut_off


class OnlineTracker:
    """The tracks active, frame after frame."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._filters = KalmanFilters.birth(np.zeros((0, 4)))
        self._track = np.zeros(0, np.int32)
        self._detected_ms = np.zeros(0, np.int64)
        self._detected_frame = np.zeros(0, np.int64)
        self._now_ms = 0
        self._frame = -1
        self._step_seconds = 0.0
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
        if self._step_seconds > _IOU_STEP_SECONDS:
            self._associate_unambiguous(boxes, high, track)
        else:
            self._associate_by_iou(boxes, high, low, track)
        self._birth(boxes, high[track[high] == UNASSIGNED], track)
        return track

    def _predict(self, ms: int, camera: Floats) -> None:
        if self._frame >= 0:
            self._filters.move_camera(camera)
            self._step_seconds = (ms - self._now_ms) / 1000
            self._filters.predict(self._step_seconds, self.process_noise_scale)
        self._now_ms, self._frame = ms, self._frame + 1
        active = self._within(self.lost_seconds)
        if not active.all():
            self._filters = self._filters.pick(active)
            self._track, self._detected_ms = self._track[active], self._detected_ms[active]
            self._detected_frame = self._detected_frame[active]

    def _within(self, limit: float) -> npt.NDArray[np.bool_]:
        """Whether each track was detected within that many seconds."""
        return within((self._now_ms - self._detected_ms) / 1000, self._frame - self._detected_frame, limit)

    def _associate_by_iou(
        self, boxes: Floats, high: Indices, low: Indices, track: npt.NDArray[np.int32]
    ) -> None:
        """First the high-confidence detections, then the low-confidence ones; noted in ``track``."""
        settings = self._settings
        active = np.arange(len(self._filters))
        free = self._associate(active, boxes, high, settings.high_confidence_iou, track)
        matched = high[track[high] != UNASSIGNED]
        if len(matched) and len(low):
            duplicate = iou_matrix(boxes[low], boxes[matched]).max(1) >= settings.duplicate_iou
            low = low[~duplicate]
        recent = free[self._within(_RECENT_SECONDS)[free]]
        self._associate(recent, boxes, low, settings.low_confidence_iou, track)

    def _associate(
        self, tracks: Indices, boxes: Floats, rows: Indices, least: float, track: npt.NDArray[np.int32]
    ) -> Indices:
        """Update those tracks that match one of those rows, note it in ``track``; returns the others."""
        first, second = assign(iou_matrix(self._filters.position[tracks], boxes[rows]), least)
        matched, measured = tracks[first], rows[second]
        self._update(matched, measured, boxes, track)
        return np.setdiff1d(tracks, matched, assume_unique=True)

    def _associate_unambiguous(self, boxes: Floats, high: Indices, track: npt.NDArray[np.int32]) -> None:
        """Only predictions and high-confidence detections that have nobody else inside the gate; noted in
        ``track``. Among several, stitching decides, which knows their appearance and what comes after.
        """
        predicted, measured = self._filters.position, boxes[high]
        if self._step_seconds <= _DISTANCE_STEP_SECONDS:
            possible = self._filters.distances(measured) <= _DISTANCE_GATE
            possible &= _heights_fit(predicted, measured)
        else:
            last = predicted - self._filters.velocity * self._step_seconds
            possible = iou_matrix(last, measured) >= _SAME_PLACE_IOU
        alone = possible & (possible.sum(1)[:, None] == 1) & (possible.sum(0)[None, :] == 1)
        matched, which = np.nonzero(alone)
        self._update(matched, high[which], boxes, track)

    def _update(
        self, matched: Indices, measured: Indices, boxes: Floats, track: npt.NDArray[np.int32]
    ) -> None:
        if len(matched):
            since = (self._now_ms - self._detected_ms[matched]) / 1000
            share = independent_share(since, self._settings.error_seconds)
            self._adapt(self._filters.update(matched, boxes[measured], share))
            self._detected_ms[matched], self._detected_frame[matched] = self._now_ms, self._frame
            track[measured] = self._track[matched]

    def _adapt(self, innovation: Floats) -> None:
        """Let the process noise grow while normalised innovations squared are above 1, and fall below."""
        excess = float((np.minimum(innovation, _LARGEST_INNOVATION) - 1.0).sum())
        self._log_noise_scale = min(
            max(self._log_noise_scale + _ADAPTATION * excess, 0.0), _LARGEST_LOG_SCALE
        )

    def _birth(self, boxes: Floats, rows: Indices, track: npt.NDArray[np.int32]) -> None:
        if len(rows) == 0:
            return
        new = np.arange(self._next_track, self._next_track + len(rows), dtype=np.int32)
        self._next_track += len(rows)
        self._filters = self._filters.followed_by(KalmanFilters.birth(boxes[rows]))
        self._track = np.concatenate([self._track, new])
        self._detected_ms = np.concatenate([self._detected_ms, np.full(len(rows), self._now_ms)])
        self._detected_frame = np.concatenate([self._detected_frame, np.full(len(rows), self._frame)])
        track[rows] = new
