"""Faint detections taken up afterwards: in the gaps of paths, and before their beginnings.

The first pass goes forwards, so it cannot know that a faint box far off will be somebody walking up. Going
through the video backwards once more, every path is followed back past its first sure sight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.association import assign
from engine.tracker.camera_path import inverse
from engine.tracker.geometry import Floats, overlaps
from engine.tracker.kalman import Filters
from engine.tracker.settings import Settings
from engine.tracker.store import NOBODY, Store
from engine.tracker.tracklet_ends import ends
from engine.tracker.tracklets import Paths


def recover(store: Store, settings: Settings) -> None:
    """Label faint detections that lie where a path must have been."""
    paths = Paths.of(store)
    if len(paths) == 0:
        return
    gaps = _Gaps(store, paths)
    heads = _Heads(store, paths, settings)
    edges = np.searchsorted(store.frame_of, np.arange(len(store.timestamps_ms) + 1)).tolist()
    for frame in range(len(store.timestamps_ms) - 1, -1, -1):
        heads.step(frame)
        rows = np.arange(edges[frame], edges[frame + 1])
        rows = rows[store.path[rows] == NOBODY]  # However faint: here somebody is expected.
        if len(rows) == 0:
            continue
        missing, expected = gaps.at(frame)
        label = np.concatenate([missing, heads.label])
        place = np.concatenate([expected, heads.filters.place])
        if len(label) == 0:
            continue
        boxes = store.boxes[rows].astype(np.float64)
        who, which = assign(overlaps(place, boxes), settings.recover_overlap)
        store.path[rows[which]] = label[who]
        taken = who >= len(missing)
        heads.seen(who[taken] - len(missing), boxes[which[taken]], frame)


class _Gaps:
    """Instants inside paths at which nothing was seen, and the boxes to be expected there."""

    def __init__(self, store: Store, paths: Paths) -> None:
        frames = store.frame_of[paths.rows].astype(np.int64)
        last = np.zeros(len(frames), bool)
        last[paths.edges[1:] - 1] = True
        before = np.nonzero((np.diff(frames, append=0) > 1) & ~last)[0]
        holes = frames[before + 1] - frames[before] - 1
        of = np.repeat(before, holes)
        step = np.arange(len(of)) - np.repeat(np.cumsum(holes) - holes, holes) + 1
        frame = frames[of] + step
        order = np.argsort(frame, kind="stable")
        self._frame, self._of = frame[order], of[order]
        self._store, self._paths = store, paths
        self._at = np.searchsorted(self._frame, np.arange(len(store.timestamps_ms) + 1))

    def at(self, frame: int) -> tuple[npt.NDArray[np.int32], Floats]:
        """Labels and expected boxes of the paths that have a gap there."""
        of = self._of[self._at[frame] : self._at[frame + 1]]
        store, rows = self._store, self._paths.rows
        start, end = rows[of], rows[of + 1] if len(of) else rows[of]
        times = store.timestamps_ms
        begun, ended = times[store.frame_of[start]], times[store.frame_of[end]]
        share = ((times[frame] - begun) / np.maximum(ended - begun, 1))[:, None]
        boxes = store.boxes[start] * (1 - share) + store.boxes[end] * share
        return store.path[start], boxes


class _Heads:
    """Beginnings of paths, followed backwards in time."""

    def __init__(self, store: Store, paths: Paths, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._ends = ends(store, paths, first=True)
        self._order = np.argsort(-self._ends.frame, kind="stable")
        self._sorted = -self._ends.frame[self._order]
        self._labels = paths.labels
        self._now: int | None = None
        self._seen_ms = np.zeros(0, np.int64)
        self.label = np.zeros(0, np.int32)
        self.filters = Filters.begin(np.zeros((0, 4)))

    def step(self, frame: int) -> None:
        """Go back to that frame; whoever begins at the one after it joins."""
        times = self._store.timestamps_ms
        if self._now is None:
            self._now = frame
            return
        joining = self._order[slice(*np.searchsorted(self._sorted, [-self._now, -self._now + 1]).tolist())]
        self._now = frame
        if len(joining):
            found = self._ends
            boxes = np.column_stack([found.place[joining], found.width[joining], found.height[joining]])
            fresh = Filters.begin(boxes)
            fresh.speed[:, :2] = -found.speed[joining]
            fresh.place_variance[:, :2] = found.variance[joining, :, 0]
            fresh.both_covariance[:, :2] = -found.variance[joining, :, 1]
            fresh.speed_variance[:, :2] = found.variance[joining, :, 2]
            self.filters = self.filters.with_more(fresh)
            self.label = np.concatenate([self.label, self._labels[joining]])
            self._seen_ms = np.concatenate([self._seen_ms, times[found.frame[joining]]])
        kept = self._seen_ms - times[frame] <= self._settings.lost_seconds * 1000
        if not kept.all():
            self.filters = self.filters.pick(kept)
            self.label, self._seen_ms = self.label[kept], self._seen_ms[kept]
        if self._store.camera is not None:
            self.filters.move_camera(inverse(self._store.camera[frame + 1]))
        self.filters.advance(float(times[frame + 1] - times[frame]) / 1000)

    def seen(self, which: npt.NDArray[np.intp], boxes: Floats, frame: int) -> None:
        """Some were found there."""
        if len(which):
            self.filters.correct(which, boxes)
            self._seen_ms[which] = self._store.timestamps_ms[frame]
