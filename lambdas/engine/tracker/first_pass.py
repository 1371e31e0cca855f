"""The first pass: through the video once, joining detections to short, safe paths."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.tracker.association import Indices, assign
from engine.tracker.camera_path import in_heights
from engine.tracker.geometry import Floats, covered, overlaps, to_heights
from engine.tracker.growing_array import Growing
from engine.tracker.kalman import Filters
from engine.tracker.settings import Settings
from engine.tracker.store import NOBODY, Store

_STILL = 1e-6
"""A camera that moves less than this never moves (ratios of the frame's height)."""


def gather(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Read the segments in order, one at a time, and label every detection with a path.

    Raises:
        ValueError: a segment begins before the one before it has ended, or has other descriptors.
    """
    walker = _Walker(settings)
    frames, last_ms, width = 0, None, 0
    times, cameras, unrest = Growing(np.int64), Growing(np.float64, 2, 3), Growing(np.float32)
    frame_of, boxes, scores = Growing(np.int32), Growing(np.float32, 4), Growing(np.float32)
    path, hidden, looks = Growing(np.int32), Growing(np.float32), Growing(np.uint8, 0)
    for segment in segments:
        if len(segment.timestamps_ms) == 0:
            continue
        if last_ms is not None and segment.timestamps_ms[0] <= last_ms:
            raise ValueError(f"A segment begins at {segment.timestamps_ms[0]} ms, before {last_ms} ms")
        last_ms = int(segment.timestamps_ms[-1])
        if len(segment.boxes) and width == 0:
            width = segment.appearance.shape[1]
            looks = Growing(np.uint8, width)
            # Without colours a mix-up is not found out later, so the first pass may risk less.
            walker.lost_seconds = settings.lost_seconds if width else settings.blind_lost_seconds
        states = to_heights(segment.boxes, aspect)
        camera = in_heights(segment.camera, aspect)
        label = np.full(len(states), NOBODY, np.int32)
        behind = np.zeros(len(states), np.float32)
        calm = np.ones(len(segment.timestamps_ms), np.float32)
        for frame, rows in enumerate(segment.rows_by_frame()):
            ms = int(segment.timestamps_ms[frame])
            behind[rows] = _hidden(states[rows], segment.scores[rows] >= settings.sure_score)
            label[rows] = walker.step(ms, camera[frame], states[rows], segment.scores[rows])
            calm[frame] = walker.unrest
        times.append(segment.timestamps_ms)
        cameras.append(camera)
        unrest.append(calm)
        frame_of.append(segment.frame_of + np.int32(frames))
        boxes.append(states)
        scores.append(segment.scores)
        path.append(label)
        hidden.append(behind)
        looks.append(segment.appearance if len(segment.boxes) else np.zeros((0, width), np.uint8))
        frames += len(segment.timestamps_ms)
    moved = cameras.finish()
    still = np.allclose(moved, np.eye(2, 3), atol=_STILL)
    return Store(
        timestamps_ms=times.finish(),
        camera=None if still else moved,
        frame_of=frame_of.finish(),
        boxes=boxes.finish(),
        scores=scores.finish(),
        path=path.finish(),
        appearance=looks.finish(),
        hidden=hidden.finish(),
        aspect=aspect,
        unrest=unrest.finish(),
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
        self.lost_seconds = settings.lost_seconds

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
        found = sure[label[sure] != NOBODY]
        if len(found) and len(faint):  # A faint box on somebody found is his echo, nobody else's trace.
            echo = overlaps(boxes[faint], boxes[found]).max(1) >= self._settings.echo_overlap
            faint = faint[~echo]
        recent = free[ms - self._seen_ms[free] <= 500]
        self._match(ms, recent, boxes, faint, self._settings.low_overlap, label)
        self._admit(ms, boxes, sure[label[sure] == NOBODY], label)
        return label

    def _advance(self, ms: int, camera: Floats) -> None:
        if self._now_ms is not None:
            self._filters.move_camera(camera)
            self._filters.advance((ms - self._now_ms) / 1000, self.unrest)
        self._now_ms = ms
        kept = ms - self._seen_ms <= self.lost_seconds * 1000
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
