"""Walkers: people who were never detected with enough confidence for a track, but who walk.

Of what keeps being detected at a medium confidence, clutter and people behind glass stay where they are. So
what is on no track yet is followed once more, from less confidence on, stitched, and kept where it walks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import iou_matrix
from engine.tracker.passes.forward_pass import OnlineTracker
from engine.tracker.passes.recovery import recover
from engine.tracker.passes.stitching import stitch
from engine.tracker.settings import Settings
from engine.tracker.tracklets.store import UNASSIGNED, Store
from engine.tracker.tracklets.tracklets import Tracklets
from engine.tracker.tracklets.walk import walk

_ON_A_TRACK_IOU = 0.3
"""A detection that overlaps a track's box in its frame this much shows the same person once more."""


def add_walkers(store: Store, settings: Settings) -> None:
    """Give the unassigned detections of people who walk tracks, or add them to those they continue."""
    known = store.track != UNASSIGNED
    tracks = store.track.copy()
    _follow(store, settings)
    _keep(store, known, lambda rows: _detected_seconds(store, rows) >= settings.least_tracklet_seconds)
    if np.array_equal(store.track, tracks):
        return
    pieces = store.track.copy()
    stitch(store, settings)
    _keep(store, known, lambda rows: _is_walker(store, rows, pieces[rows], settings))
    recover(store, settings)


def _follow(store: Store, settings: Settings) -> None:
    """Give what is on no track tracklets of a forward pass of its own."""
    tracker = OnlineTracker(replace(settings, high_confidence=settings.walker_confidence))
    edges = store.rows_by_frame().tolist()
    first_label = int(store.track.max(initial=UNASSIGNED)) + 1
    for frame, ms in enumerate(store.timestamps_ms.tolist()):
        rows = _free(store, np.arange(edges[frame], edges[frame + 1]))
        camera = np.eye(2, 3) if store.camera is None else store.camera[frame]
        tracklet = tracker.step(ms, camera, store.boxes[rows].astype(np.float64), store.scores[rows])
        store.track[rows] = np.where(tracklet == UNASSIGNED, UNASSIGNED, first_label + tracklet)


def _free(store: Store, rows: Indices) -> Indices:
    """Those of a frame's rows that are on no track and show nobody who is."""
    free: npt.NDArray[np.bool_] = store.track[rows] == UNASSIGNED
    if free.all() or not free.any():
        return rows[free]
    boxes = store.boxes[rows].astype(np.float64)
    apart: npt.NDArray[np.bool_] = iou_matrix(boxes[free], boxes[~free]).max(1) < _ON_A_TRACK_IOU
    return rows[free][apart]


def _keep(store: Store, known: npt.NDArray[np.bool_], wanted: Callable[[Indices], bool]) -> None:
    """Unassign the tracks that are neither wanted nor have a row that is ``known`` (N,)."""
    tracks = Tracklets.of(store)
    dropped = [
        number
        for number in range(len(tracks))
        if not known[tracks[number]].any() and not wanted(tracks[number])
    ]
    store.unassign(tracks.labels[dropped])


def _is_walker(store: Store, rows: Indices, pieces: npt.NDArray[np.int32], settings: Settings) -> bool:
    """Whether a track, stitched from ``pieces`` (label of each row), walks in one of them at least: from one
    piece of clutter to the next is no walk.
    """
    return bool(
        _detected_seconds(store, rows) >= settings.least_walk_seconds
        and np.quantile(store.scores[rows], 0.75) >= settings.walker_confidence
        and max(walk(store, rows[pieces == piece]) for piece in np.unique(pieces)) >= settings.least_walk
    )


def _detected_seconds(store: Store, rows: Indices) -> float:
    return float(store.frame_durations[store.frame_of[rows]].sum())
