"""Recovery: unassigned detections added to tracks, in their gaps and before their first detection.

The forward pass cannot know that a low-confidence box far off will be someone walking up. Going through the
video backwards once more, every track is followed back past its first high-confidence detection, as long as
there is evidence for it: the integral over time of the confidence, less what a second of no detection costs.
So a box of clutter now and then leads nobody astray, however many frames a second are analysed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices, assign
from engine.tracker.geometry import Floats, iou_matrix
from engine.tracker.motion.camera_path import inverse
from engine.tracker.motion.error_correlation import independent_share
from engine.tracker.motion.kalman import KalmanFilters
from engine.tracker.settings import Settings
from engine.tracker.time_limits import within
from engine.tracker.tracklets.store import UNASSIGNED, Store
from engine.tracker.tracklets.tracklet_ends import tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets

_ROUNDING = 1 + 1e-6
"""A sum of durations is not exactly the limit that it reaches."""


def recover(store: Store, settings: Settings) -> None:
    """Assign unassigned detections that lie where a track must have been."""
    tracks = Tracklets.of(store)
    if len(tracks) == 0:
        return
    gaps = _Interpolated(store, tracks, settings.stitch_seconds)
    backwards = _BackwardTracker(store, tracks, settings)
    edges = store.rows_by_frame().tolist()
    for frame in range(len(store.timestamps_ms) - 1, -1, -1):
        backwards.step(frame)
        rows = np.arange(edges[frame], edges[frame + 1])
        # Of any confidence: someone is expected here.
        rows = rows[store.track[rows] == UNASSIGNED]
        if len(rows) == 0:
            continue
        missing, expected = gaps.at(frame)
        label = np.concatenate([missing, backwards.label])
        predicted = np.concatenate([expected, backwards.filters.position])
        if len(label) == 0:
            continue
        boxes = store.boxes[rows].astype(np.float64)
        matched, which = assign(iou_matrix(predicted, boxes), settings.recovery_iou)
        is_head = matched >= len(missing)
        store.track[rows[which[~is_head]]] = label[matched[~is_head]]
        backwards.update(matched[is_head] - len(missing), rows[which[is_head]], frame)


class _Interpolated:
    """The frames inside tracks without a detection, and the boxes expected there.

    In gaps of more than ``longest_gap`` seconds nobody is expected: where somebody was in a long absence is
    not known, and what stands on the line between its two ends would be taken for them.
    """

    def __init__(self, store: Store, tracks: Tracklets, longest_gap: float) -> None:
        frames = store.frame_of[tracks.rows].astype(np.int64)
        last = np.zeros(len(frames), bool)
        last[tracks.edges[1:] - 1] = True
        before = np.nonzero((np.diff(frames, append=0) > 1) & ~last)[0]
        seconds = (store.timestamps_ms[frames[before + 1]] - store.timestamps_ms[frames[before]]) / 1000
        before = before[within(seconds, frames[before + 1] - frames[before], longest_gap)]
        missing = frames[before + 1] - frames[before] - 1
        of = np.repeat(before, missing)
        step = np.arange(len(of)) - np.repeat(np.cumsum(missing) - missing, missing) + 1
        frame = frames[of] + step
        order = np.argsort(frame, kind="stable")
        self._frame, self._of = frame[order], of[order]
        self._store, self._tracks = store, tracks
        self._edges = np.searchsorted(self._frame, np.arange(len(store.timestamps_ms) + 1))

    def at(self, frame: int) -> tuple[npt.NDArray[np.int32], Floats]:
        """Labels and interpolated boxes of the tracks that have a gap in that frame."""
        of = self._of[self._edges[frame] : self._edges[frame + 1]]
        store, rows = self._store, self._tracks.rows
        start, end = rows[of], rows[of + 1] if len(of) else rows[of]
        times = store.timestamps_ms
        begun, ended = times[store.frame_of[start]], times[store.frame_of[end]]
        share = ((times[frame] - begun) / np.maximum(ended - begun, 1))[:, None]
        boxes = store.boxes[start] * (1 - share) + store.boxes[end] * share
        return store.track[start], boxes


class _BackwardTracker:
    """Tracks followed backwards in time from their first detections.

    Attributes:
        label: int32 (T,) the tracks followed just now.
        filters: their T states; velocities are those of time running backwards.
    """

    def __init__(self, store: Store, tracks: Tracklets, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._heads = tracklet_ends(store, tracks, first=True)
        self._order = np.argsort(-self._heads.frame, kind="stable")
        self._sorted = -self._heads.frame[self._order]
        self._labels = tracks.labels
        self._now: int | None = None
        self._best_frame = np.zeros(0, np.int64)
        """(T,) the frame up to which each track has been followed for good."""
        self._followed_ms = np.zeros(0, np.int64)
        """(T,) when each track was detected last, counting rows that are not its own yet."""
        self._evidence = np.zeros(0)
        """(T,) since then, confidence times seconds."""
        self._pending: dict[int, list[int]] = {}
        """Rows since then by label."""
        self.label = np.zeros(0, np.int32)
        self.filters = KalmanFilters.birth(np.zeros((0, 4)))

    def step(self, frame: int) -> None:
        """Predict the frame before the last one; tracks that begin at that one join."""
        times = self._store.timestamps_ms
        if self._now is None:
            self._now = frame
            return
        joining = self._order[slice(*np.searchsorted(self._sorted, [-self._now, -self._now + 1]).tolist())]
        self._now = frame
        if len(joining):
            self._join(joining)
        cost = self._settings.low_confidence
        self._evidence -= cost * self._store.frame_durations[frame]
        most = cost * self._settings.lost_seconds * _ROUNDING
        active = within(-self._evidence, self._best_frame - frame, most)
        if not active.all():
            self.filters = self.filters.pick(active)
            self.label, self._best_frame = self.label[active], self._best_frame[active]
            self._evidence, self._followed_ms = self._evidence[active], self._followed_ms[active]
        if self._store.camera is not None:
            self.filters.move_camera(inverse(self._store.camera[frame + 1]))
        self.filters.predict(float(times[frame + 1] - times[frame]) / 1000)

    def update(self, which: Indices, rows: Indices, frame: int) -> None:
        """Correct some of the filters by one row of that frame each.

        The rows are added to the track once the evidence for all of them is positive.
        """
        store = self._store
        if len(which) == 0:
            return
        since = (self._followed_ms[which] - store.timestamps_ms[frame]) / 1000
        share = independent_share(since, store.error_seconds)
        self.filters.update(which, store.boxes[rows].astype(np.float64), share)
        self._followed_ms[which] = store.timestamps_ms[frame]
        self._evidence[which] += store.scores[rows] * store.frame_durations[frame]
        for one, row in zip(which.tolist(), rows.tolist(), strict=True):
            self._pending.setdefault(int(self.label[one]), []).append(row)
            if self._evidence[one] > 0:
                store.track[self._pending.pop(int(self.label[one]))] = self.label[one]
                self._evidence[one], self._best_frame[one] = 0.0, frame

    def _join(self, joining: Indices) -> None:
        heads = self._heads
        boxes = np.column_stack([heads.centre[joining], heads.width[joining], heads.height[joining]])
        new = KalmanFilters.birth(boxes)
        new.velocity[:, :2] = -heads.velocity[joining]
        new.position_variance[:, :2] = heads.covariance[joining, :, 0]
        new.covariance[:, :2] = -heads.covariance[joining, :, 1]
        new.velocity_variance[:, :2] = heads.covariance[joining, :, 2]
        self.filters = self.filters.followed_by(new)
        self.label = np.concatenate([self.label, self._labels[joining]])
        self._best_frame = np.concatenate([self._best_frame, heads.frame[joining]])
        times = self._store.timestamps_ms[heads.frame[joining]]
        self._followed_ms = np.concatenate([self._followed_ms, times])
        self._evidence = np.concatenate([self._evidence, np.zeros(len(joining))])
