"""Splitting tracklets wherever two people's identities may have been switched.

A split costs little: stitching joins the pieces again when both sides look and move like one person. An
identity switch that is not split stays for good.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import coverage, iou_matrix
from engine.tracker.settings import Settings
from engine.tracker.time_limits import within
from engine.tracker.tracklets.growing_array import GrowingArray
from engine.tracker.tracklets.ranges import expanded
from engine.tracker.tracklets.store import UNASSIGNED, Store
from engine.tracker.tracklets.tracklets import Tracklets

Ints = npt.NDArray[np.int64]

_RELABELLED_AT_ONCE = 100_000
"""Detections relabelled at a time, so that no array of 8 bytes a detection is made for a long video."""

_ENDS_AT_ONCE = 1000
"""Ends of tracklets compared with all boxes of a frame at a time: bounds memory in long videos."""

_APART_SECONDS = 1.0
"""Two tracklets whose boxes did not overlap for this long cross anew when they do again: each crossing may
switch identities, one that lasts does so once. Raising it splits people who walk side by side less often.
"""


def split(store: Store, settings: Settings) -> None:
    """Relabel the store's tracklets so that doubtful ones fall into pieces."""
    tracklets = Tracklets.of(store)
    if len(tracklets) == 0:
        return
    labels, frames = _merges(store, tracklets, settings.merge_coverage)
    if settings.crossing_iou < 1:
        more = _crossings(store, settings.crossing_iou)
        labels, frames = np.concatenate([labels, more[0]]), np.concatenate([frames, more[1]])
    _apply(store, labels, frames)


def _merges(store: Store, tracklets: Tracklets, least: float) -> tuple[Ints, Ints]:
    """Where a tracklet ends in another's box or begins out of it: the other one is split there.

    Returns:
        Labels, and the frames from which on they get another.
    """
    count = len(store.timestamps_ms)
    edges = store.rows_by_frame()
    labels, frames = [], []
    for first in (True, False):
        ends = tracklets.rows[tracklets.edges[:-1] if first else tracklets.edges[1:] - 1]
        # In the frame just before this one begins (after it ends), which boxes are where its own is?
        besides = store.frame_of[ends] + (-1 if first else 1)
        inside = np.nonzero((besides >= 0) & (besides < count))[0]
        for begin in range(0, len(inside), _ENDS_AT_ONCE):
            some = inside[begin : begin + _ENDS_AT_ONCE]
            row, beside = ends[some], besides[some]
            end, rows = expanded(edges[beside], edges[beside + 1])
            others = (store.track[rows] != UNASSIGNED) & (store.track[rows] != store.track[row[end]])
            end, rows = end[others], rows[others]
            own, other = store.boxes[row[end]].astype(np.float64), store.boxes[rows].astype(np.float64)
            near = np.maximum(coverage(own, other), coverage(other, own)) >= least
            labels.append(store.track[rows[near]].astype(np.int64))
            frames.append((beside[end[near]] + (1 if first else 0)).astype(np.int64))
    if not labels:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(labels), np.concatenate(frames)


def _crossings(store: Store, least: float) -> tuple[Ints, Ints]:
    """Where two tracklets' boxes overlap most, each time they do; returns as `_merges` does."""
    table = _overlapping(store, least)
    if len(table) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    table = table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]
    frames = table[:, 2].astype(np.int64)
    other_pair = (np.diff(table[:, :2], axis=0) != 0).any(1)
    same = within(np.diff(store.seconds[frames]), np.diff(frames), _APART_SECONDS)
    crossing = np.concatenate([[0], np.cumsum(other_pair | ~same)])
    # Of each crossing the frame of the greatest overlap, the earliest of equals.
    order = np.lexsort((table[:, 2], -table[:, 3], crossing))
    best = table[order[np.unique(crossing[order], return_index=True)[1]]].astype(np.int64)
    return np.concatenate([best[:, 0], best[:, 1]]), np.concatenate([best[:, 2], best[:, 2]])


def _overlapping(store: Store, least: float) -> npt.NDArray[np.float64]:
    """(n, 4): the smaller label, the larger one, the frame and the IoU of two overlapping tracklets."""
    edges = store.rows_by_frame().tolist()
    found = GrowingArray(np.float64, 4)
    for frame in range(len(store.timestamps_ms)):
        rows = np.arange(edges[frame], edges[frame + 1])
        rows = rows[store.track[rows] >= 0]
        if len(rows) < 2:
            continue
        boxes = store.boxes[rows].astype(np.float64)
        overlap = np.triu(iou_matrix(boxes, boxes), 1)
        one, other = np.nonzero(overlap >= least)
        if len(one):
            pair = np.sort(np.stack([store.track[rows[one]], store.track[rows[other]]], axis=1), axis=1)
            found.append(np.column_stack([pair, np.full(len(one), frame), overlap[one, other]]))
    return found.finish()


def _apply(store: Store, labels: Ints, frames: Ints) -> None:
    if len(labels) == 0:
        return
    width = len(store.timestamps_ms) + 1
    splits = np.unique(labels * width + frames)
    for first in range(0, len(store.track), _RELABELLED_AT_ONCE):
        some = slice(first, first + _RELABELLED_AT_ONCE)
        track = store.track[some].astype(np.int64)
        # Splits up to each row, counted over all tracklets: added to the label they keep labels apart and in
        # order.
        passed = np.searchsorted(splits, track * width + store.frame_of[some], side="right")
        store.track[some] = np.where(track >= 0, track + passed, track)
