"""The first pass: through the video once, joining detections to short, safe paths."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.detections import SegmentDetections
from engine.tracker.association import Indices, assign
from engine.tracker.geometry import Floats, covered, overlaps, to_heights
from engine.tracker.motion import Filters
from engine.tracker.settings import Settings
from engine.tracker.store import NOBODY, Store


def gather(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Read the segments in order, one at a time, and label every detection with a path.

    Raises:
        ValueError: a segment begins before the one before it has ended.
    """
    walker = _Walker(settings)
    parts: list[SegmentDetections] = []
    labels: list[npt.NDArray[np.int32]] = []
    boxes: list[npt.NDArray[np.float32]] = []
    cameras: list[Floats] = []
    hidden: list[npt.NDArray[np.float32]] = []
    unrest: list[float] = []
    last_ms = None
    for segment in segments:
        if last_ms is not None and len(segment.timestamps_ms) and segment.timestamps_ms[0] <= last_ms:
            raise ValueError(f"A segment begins at {segment.timestamps_ms[0]} ms, before {last_ms} ms")
        states = to_heights(segment.boxes, aspect)
        camera = camera_in_heights(segment.camera, aspect)
        label = np.full(len(states), NOBODY, np.int32)
        behind = np.zeros(len(states), np.float32)
        for frame, rows in enumerate(segment.rows_by_frame()):
            ms = int(segment.timestamps_ms[frame])
            behind[rows] = _hidden(states[rows], segment.scores[rows] >= settings.sure_score)
            label[rows] = walker.step(ms, camera[frame], states[rows], segment.scores[rows])
            unrest.append(walker.unrest)
            last_ms = ms
        parts.append(segment)
        labels.append(label)
        hidden.append(behind)
        boxes.append(states.astype(np.float32))
        cameras.append(camera)
    return _joined(parts, labels, boxes, cameras, hidden, aspect, np.array(unrest, np.float32))


def camera_in_heights(camera: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Affine motions (F, 2, 3) of ratio coordinates as motions of frame heights."""
    result = np.asarray(camera, np.float64).copy()
    result[:, 0, 1] *= aspect
    result[:, 0, 2] *= aspect
    result[:, 1, 0] /= aspect
    return result


def _joined(
    parts: list[SegmentDetections],
    labels: list[npt.NDArray[np.int32]],
    boxes: list[npt.NDArray[np.float32]],
    cameras: list[Floats],
    hidden: list[npt.NDArray[np.float32]],
    aspect: float,
    unrest: npt.NDArray[np.float32],
) -> Store:
    offset, frame_of = 0, []
    for part in parts:
        frame_of.append(part.frame_of + np.int32(offset))
        offset += len(part.timestamps_ms)
    camera = np.concatenate([np.zeros((0, 2, 3)), *cameras])
    width = max((part.appearance.shape[1] for part in parts if len(part.boxes)), default=0)
    return Store(
        timestamps_ms=np.concatenate([np.zeros(0, np.int64), *(part.timestamps_ms for part in parts)]),
        camera=None if np.allclose(camera, np.eye(2, 3), atol=1e-6) else camera,
        frame_of=np.concatenate([np.zeros(0, np.int32), *frame_of]),
        boxes=np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
        scores=np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)]),
        path=np.concatenate([np.zeros(0, np.int32), *labels]),
        appearance=np.concatenate(
            [
                np.zeros((0, width), np.uint8),
                *(part.appearance for part in parts if part.appearance.shape[1] == width),
            ]
        ),
        hidden=np.concatenate([np.zeros(0, np.float32), *hidden]),
        aspect=aspect,
        unrest=unrest,
    )


def _hidden(boxes: Floats, sure: npt.NDArray[np.bool_]) -> Floats:
    """Share of each box that lies inside a nearer one (whose foot is lower in the picture) that is sure."""
    if len(boxes) < 2 or not sure.any():
        return np.zeros(len(boxes))
    foot = boxes[:, 1] + boxes[:, 3] / 2
    nearer = (foot[None, :] > foot[:, None]) & sure[None, :]
    share: Floats = np.where(nearer, covered(boxes, boxes), 0).max(1)
    return share


_LEARNING = 0.02
_EXPECTED_SURPRISE = 1.0
_MOST_SURPRISE = 6.0
_MOST_UNREST = 1.6


class _Walker:
    """The people in sight, frame after frame."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._filters = Filters.begin(np.zeros((0, 4)))
        self._label = np.zeros(0, np.int32)
        self._seen_ms = np.zeros(0, np.int64)
        self._now_ms: int | None = None
        self._next = 0
        self._unrest = 0.0

    @property
    def unrest(self) -> float:
        """How many times more than expected places' speeds wander just now, 1 or more."""
        return float(np.exp(self._unrest))

    def step(
        self, ms: int, camera: Floats, boxes: Floats, scores: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.int32]:
        """Take in one frame; returns the path of each of its detections."""
        self._advance(ms, camera)
        label = np.full(len(boxes), NOBODY, np.int32)
        sure = np.nonzero(scores >= self._settings.sure_score)[0]
        faint = np.nonzero((scores >= self._settings.low_score) & (scores < self._settings.sure_score))[0]
        everyone = np.arange(len(self._filters))
        free = self._match(ms, everyone, boxes, sure, self._settings.overlap, label)
        recent = free[ms - self._seen_ms[free] <= 500]
        self._match(ms, recent, boxes, faint, self._settings.low_overlap, label)
        self._admit(ms, boxes, sure[label[sure] == NOBODY], label)
        return label

    def _advance(self, ms: int, camera: Floats) -> None:
        if self._now_ms is not None:
            self._filters.move_camera(camera)
            self._filters.advance((ms - self._now_ms) / 1000, self.unrest)
        self._now_ms = ms
        kept = ms - self._seen_ms <= self._settings.lost_seconds * 1000
        if not kept.all():
            self._filters = self._filters.pick(kept)
            self._label, self._seen_ms = self._label[kept], self._seen_ms[kept]

    def _match(
        self,
        ms: int,
        tracks: Indices,
        boxes: Floats,
        rows: Indices,
        least: float,
        label: npt.NDArray[np.int32],
    ) -> Indices:
        gain = overlaps(self._filters.place[tracks], boxes[rows])
        first, second = assign(gain, least)
        matched, measured = tracks[first], rows[second]
        if len(matched):
            self._learn(self._filters.correct(matched, boxes[measured]))
            self._seen_ms[matched] = ms
            label[measured] = self._label[matched]
        return np.setdiff1d(tracks, matched, assume_unique=True)

    def _learn(self, surprise: Floats) -> None:
        """Let the filters expect as much unrest, of people or of the camera, as there is."""
        step = _LEARNING * float((np.minimum(surprise, _MOST_SURPRISE) - _EXPECTED_SURPRISE).sum())
        self._unrest = min(max(self._unrest + step, 0.0), _MOST_UNREST)

    def _admit(self, ms: int, boxes: Floats, rows: Indices, label: npt.NDArray[np.int32]) -> None:
        if len(rows) == 0:
            return
        new = np.arange(self._next, self._next + len(rows), dtype=np.int32)
        self._next += len(rows)
        self._filters = self._filters.with_more(Filters.begin(boxes[rows]))
        self._label = np.concatenate([self._label, new])
        self._seen_ms = np.concatenate([self._seen_ms, np.full(len(rows), ms)])
        label[rows] = new
