"""Cutting paths wherever two people may have been taken for each other.

A cut costs little: stitching joins the pieces again when both sides look and move like one person. A mix-up
that is not cut stays for good.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import covered, overlaps
from engine.tracker.growing_array import Growing
from engine.tracker.settings import Settings
from engine.tracker.store import Store
from engine.tracker.tracklets import Paths

Ints = npt.NDArray[np.int64]


_ROWS_AT_ONCE = 100_000
_APART_SECONDS = 1.0
"""Two people who did not overlap for this long have met anew."""


def cut(store: Store, settings: Settings) -> None:
    """Relabel the store's paths so that doubtful ones fall into pieces."""
    paths = Paths.of(store)
    if len(paths) == 0:
        return
    labels, frames = _merges(store, paths, settings.merge_overlap)
    if settings.cross_overlap < 1:
        more = _crossings(store, settings.cross_overlap)
        labels, frames = np.concatenate([labels, more[0]]), np.concatenate([frames, more[1]])
    _apply(store, labels, frames)


def _merges(store: Store, paths: Paths, least: float) -> tuple[Ints, Ints]:
    """Where a path ends in another's box or begins out of it: the other one is cut there.

    Returns:
        Labels, and the frames from which on they get another.
    """
    count = len(store.timestamps_ms)
    edges = np.searchsorted(store.frame_of, np.arange(count + 1))
    labels: list[int] = []
    frames: list[int] = []
    for first in (True, False):
        for path in range(len(paths)):
            row = paths[path][0 if first else -1]
            frame = int(store.frame_of[row])
            # Where this path's box was last (or is first) seen, look for the boxes it fell in with.
            beside = frame - 1 if first else frame + 1
            if not 0 <= beside < count:
                continue
            rows = np.arange(edges[beside], edges[beside + 1])
            rows = rows[(store.path[rows] >= 0) & (store.path[rows] != store.path[row])]
            if len(rows) == 0:
                continue
            own = store.boxes[row : row + 1].astype(np.float64)
            others = store.boxes[rows].astype(np.float64)
            near = np.maximum(covered(own, others)[0], covered(others, own)[:, 0]) >= least
            labels.extend(store.path[rows[near]].tolist())
            frames.extend([frame if first else frame + 1] * int(near.sum()))
    return np.array(labels, np.int64), np.array(frames, np.int64)


def _crossings(store: Store, least: float) -> tuple[Ints, Ints]:
    """Where two paths' boxes overlap most, each time they do."""
    count = len(store.timestamps_ms)
    edges = np.searchsorted(store.frame_of, np.arange(count + 1)).tolist()
    found = Growing(np.float64, 4)
    for frame in range(count):
        rows = np.arange(edges[frame], edges[frame + 1])
        rows = rows[store.path[rows] >= 0]
        if len(rows) < 2:
            continue
        boxes = store.boxes[rows].astype(np.float64)
        overlap = np.triu(overlaps(boxes, boxes), 1)
        one, other = np.nonzero(overlap >= least)
        if len(one):
            pair = np.sort(np.stack([store.path[rows[one]], store.path[rows[other]]], axis=1), axis=1)
            found.append(np.column_stack([pair, np.full(len(one), frame), overlap[one, other]]))
    table = found.finish()
    if len(table) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    table = table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]
    when = store.seconds[table[:, 2].astype(np.int64)]
    other_pair = (np.diff(table[:, :2], axis=0) != 0).any(1)
    meeting = np.concatenate([[0], np.cumsum(other_pair | (np.diff(when) > _APART_SECONDS))])
    # Of each meeting the frame of the greatest overlap, the earliest of equals.
    order = np.lexsort((table[:, 2], -table[:, 3], meeting))
    best = table[order[np.unique(meeting[order], return_index=True)[1]]].astype(np.int64)
    return np.concatenate([best[:, 0], best[:, 1]]), np.concatenate([best[:, 2], best[:, 2]])


def _apply(store: Store, labels: Ints, frames: Ints) -> None:
    if len(labels) == 0:
        return
    width = len(store.timestamps_ms) + 1
    cuts = np.unique(labels * width + frames)
    for first in range(0, len(store.path), _ROWS_AT_ONCE):
        some = slice(first, first + _ROWS_AT_ONCE)
        path = store.path[some].astype(np.int64)
        # Cuts up to each row, counted over all paths: added to the label they keep labels apart and in order.
        passed = np.searchsorted(cuts, path * width + store.frame_of[some], side="right")
        store.path[some] = np.where(path >= 0, path + passed, path)
