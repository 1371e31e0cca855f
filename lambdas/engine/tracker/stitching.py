"""Joining paths across gaps, over the whole video at once.

Every end of a path may be continued by at most one later beginning. All likely continuations compete in one
assignment: a pair costs as much as it is unlikely by motion (both looked at forwards and backwards), size and
appearance.
"""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np
import numpy.typing as npt

from engine.appearance import similarity
from engine.tracker.geometry import Floats
from engine.tracker.paths import Paths
from engine.tracker.settings import Settings
from engine.tracker.store import Store

_TREND_SECONDS = 1.0
_PLACE_DOUBT = 0.15
_SPEED_DOUBT = 0.35
_SIZE_DOUBT = 0.15
_APPEARANCE_DOUBT = 0.12
_LIMIT = 9.0


@dataclass(eq=False)
class _Ends:
    """One end (the first or the last) of each of P paths."""

    seconds: Floats
    place: Floats
    speed: Floats
    height: Floats
    look: Floats


def stitch(store: Store, settings: Settings) -> None:
    """Relabel the store's paths so that those joined share the label of the first."""
    for seconds in (settings.stitch_seconds / 4, settings.stitch_seconds):
        _pass(store, seconds)


def _pass(store: Store, widest: float) -> None:
    paths = Paths.of(store)
    if len(paths) < 2:
        return
    heads, tails = _ends(store, paths, first=True), _ends(store, paths, first=False)
    before, after = _candidates(tails.seconds, heads.seconds, widest)
    cost = _cost(tails, heads, before, after)
    kept = cost < _LIMIT
    links = _solve(before[kept], after[kept], cost[kept], len(paths))
    root = np.arange(len(paths))
    for path in np.argsort(heads.seconds, kind="stable").tolist():
        if links[path] >= 0:
            root[path] = root[links[path]]
    relabel = np.full(int(paths.labels.max()) + 1, -1, np.int32)
    relabel[paths.labels] = paths.labels[root]
    labelled = store.path >= 0
    store.path[labelled] = relabel[store.path[labelled]]


def _ends(store: Store, paths: Paths, *, first: bool) -> _Ends:
    count = len(paths)
    seconds, height = np.zeros(count), np.zeros(count)
    place, speed = np.zeros((count, 2)), np.zeros((count, 2))
    look = np.zeros((count, store.appearance.shape[1]))
    times = store.seconds
    for path in range(count):
        rows = paths[path]
        when = times[store.frame_of[rows]]
        edge = when[0] if first else when[-1]
        near = np.abs(when - edge) <= _TREND_SECONDS
        rows, when = rows[near], when[near] - edge
        boxes = store.boxes[rows].astype(np.float64)
        seconds[path] = edge
        height[path] = np.median(boxes[:, 3])
        middle = when.mean()
        spread = ((when - middle) ** 2).sum()
        # Shrinks to rest where little was seen: the prior is a person who stands.
        slope = ((when - middle)[:, None] * boxes[:, :2]).sum(0) / (spread + 0.02)
        speed[path] = slope
        place[path] = boxes[:, :2].mean(0) - slope * middle
        if look.shape[1]:
            look[path] = store.appearance[rows].astype(np.float64).mean(0)
    return _Ends(seconds, place, speed, height, look)


def _candidates(
    ends: Floats, starts: Floats, widest: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    order = np.argsort(starts, kind="stable")
    low = np.searchsorted(starts[order], ends, side="right")
    high = np.searchsorted(starts[order], ends + widest, side="right")
    count = high - low
    before = np.repeat(np.arange(len(ends)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    after = order[np.repeat(low, count) + within]
    return before, after


def _cost(tails: _Ends, heads: _Ends, before: npt.NDArray[np.intp], after: npt.NDArray[np.intp]) -> Floats:
    gap = (heads.seconds[after] - tails.seconds[before])[:, None]
    height = np.sqrt(tails.height[before] * heads.height[after])
    step = heads.place[after] - tails.place[before]
    doubt = height[:, None] * (_PLACE_DOUBT + _SPEED_DOUBT * gap)
    forward = (((step - tails.speed[before] * gap) / doubt) ** 2).sum(1)
    backward = (((step - heads.speed[after] * gap) / doubt) ** 2).sum(1)
    size = (np.log(heads.height[after] / tails.height[before]) / _SIZE_DOUBT) ** 2
    cost: Floats = (forward + backward) / 2 + size
    if tails.look.shape[1]:
        cost = cost + (1 - similarity(tails.look[before], heads.look[after])) / _APPEARANCE_DOUBT
    return cost


def _solve(
    before: npt.NDArray[np.intp], after: npt.NDArray[np.intp], cost: Floats, count: int
) -> npt.NDArray[np.intp]:
    """For each path the one it goes on from, or -1: least total cost, unlinked ends costing `_LIMIT`."""
    comes_from = np.full(count, -1, np.intp)
    for rows in _groups(before, after, count):
        ends, of_end = np.unique(before[rows], return_inverse=True)
        starts, of_start = np.unique(after[rows], return_inverse=True)
        dense = np.full((len(ends), len(starts)), 1e3)
        dense[of_end, of_start] = cost[rows]
        _, of_row, _ = lap.lapjv(dense, extend_cost=True, cost_limit=_LIMIT)
        for end, start in enumerate(of_row.tolist()):
            if start >= 0 and dense[end, start] < _LIMIT:
                comes_from[starts[start]] = ends[end]
    return comes_from


def _groups(
    before: npt.NDArray[np.intp], after: npt.NDArray[np.intp], count: int
) -> list[npt.NDArray[np.intp]]:
    """Pairs split into those that compete with each other (connected by a shared end or beginning)."""
    group = np.arange(2 * count)

    def find(node: int) -> int:
        while group[node] != node:
            group[node] = group[group[node]]
            node = int(group[node])
        return node

    for end, start in zip(before.tolist(), after.tolist(), strict=True):
        one, other = find(end), find(count + start)
        if one != other:
            group[max(one, other)] = min(one, other)
    roots = np.array([find(int(end)) for end in before], np.intp)
    order = np.argsort(roots, kind="stable")
    cuts = np.nonzero(np.diff(roots[order]))[0] + 1
    return [part for part in np.split(order, cuts) if len(part)]
