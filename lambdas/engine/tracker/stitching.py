"""Joining paths across gaps, over the whole video at once.

Every end of a path may be continued by at most one later beginning. All likely continuations compete in one
assignment, and a pair is worth the logarithm of how much likelier it is to be one person than two: by motion
(both ends' places and speeds under a walk whose speed wanders), by size, by colours, and by how long the
person would have had to go unseen with nobody in front.
"""

from __future__ import annotations

from collections.abc import Iterator

import lap
import numpy as np
import numpy.typing as npt

from engine.analysis.appearance import similarity
from engine.tracker.exposure import exposed_seconds
from engine.tracker.geometry import Floats
from engine.tracker.settings import Settings
from engine.tracker.store import Store
from engine.tracker.tracklet_ends import Ends, ends
from engine.tracker.tracklets import Paths

Pairs = npt.NDArray[np.intp]

_PUSH = np.array([0.35, 0.10])
"""How strongly a walk's speed wanders, across and down: heights a second, after one second."""
_OTHER_SPEED = np.array([0.85, 0.2])
"""Spread of the difference of two strangers' speeds, heights a second."""
_TAIL = 4.0
_STRANGERS = 30.0
"""One stranger is to be expected on an area of this many squared heights."""
_CAMERA_DOUBT = 0.1
"""Share of the camera's own motion over a gap by which its estimate may be off."""
_BLIND_SWAY = 2.0
"""Without pictures a camera's motion shows in unrest alone: what its logarithm takes from a stitch then."""
_SIZE_DOUBT = 0.08
_INSIDE = 1.0
"""Nobody vanishes in the middle of the picture: what a stitch there is worth, and one at a side costs."""
_AHEAD = 0.5
_MARGIN = 0.2
"""Somebody less than this many widths from a side, now or in so many seconds, is leaving."""
_PAIRS_AT_ONCE = 50_000
_FASTEST = 4.0
"""Nobody, and no camera, moves faster than this: heights a second."""
_SIZE_DRIFT = 0.05
_OTHER_SIZE = 0.35
_LOOK_MEAN = 0.035
_OTHER_LOOK_MEAN = 0.10
_LOOK_LEAST, _LOOK_MOST = -7.0, 2.0
"""Colours settle nothing alone: light changes, and others stand in front."""


def stitch(store: Store, settings: Settings) -> None:
    """Relabel the store's paths so that those joined share the label of the first."""
    sighted = store.appearance.shape[1] > 0
    widest = settings.stitch_seconds if sighted else settings.blind_seconds
    for seconds in (widest / 4, widest):
        _pass(store, seconds, settings)


def _pass(store: Store, widest: float, settings: Settings) -> None:
    paths = Paths.of(store)
    if len(paths) < 2:
        return
    heads, tails = ends(store, paths, first=True), ends(store, paths, first=False)
    bonus = settings.stitch_bonus if tails.look.shape[1] else settings.blind_bonus
    likely: list[tuple[Pairs, Pairs, Floats]] = []
    for before, after in _candidates(tails, heads, widest):
        inside = ~(_leaves(tails, store.aspect, 1.0)[before] | _leaves(heads, store.aspect, -1.0)[after])
        worth = _worth(store, tails, heads, before, after) + bonus + np.where(inside, _INSIDE, -_INSIDE)
        kept = worth > 0
        likely.append((before[kept], after[kept], worth[kept]))
    if not likely:
        return
    before, after, worth = (np.concatenate(column) for column in zip(*likely, strict=True))
    worth = worth - settings.exposed_cost * exposed_seconds(store, tails, heads, before, after, paths.labels)
    kept = worth > 0
    links = _solve(before[kept], after[kept], worth[kept], len(paths))
    root = np.arange(len(paths))
    for path in np.argsort(heads.seconds, kind="stable").tolist():
        if links[path] >= 0:
            root[path] = root[links[path]]
    relabel = np.full(int(paths.labels.max()) + 1, -1, np.int32)
    relabel[paths.labels] = paths.labels[root]
    labelled = store.path >= 0
    store.path[labelled] = relabel[store.path[labelled]]


def _leaves(found: Ends, aspect: float, way: float) -> npt.NDArray[np.bool_]:
    """Whether each end is at the picture's side, or will be (``way`` 1) or was (-1) in a moment."""
    now = found.place[:, 0]
    soon = now + way * _AHEAD * found.speed[:, 0]
    half = found.width / 2
    left = np.minimum(now, soon) - half <= _MARGIN * found.width
    right = np.maximum(now, soon) + half >= aspect - _MARGIN * found.width
    return left | right


def _candidates(tails: Ends, heads: Ends, widest: float) -> Iterator[tuple[Pairs, Pairs]]:
    """Ends and beginnings not too far apart in time and place, some thousands at a time."""
    order = np.argsort(heads.seconds, kind="stable")
    starts = heads.seconds[order]
    low = np.searchsorted(starts, tails.seconds, side="right")
    count = np.searchsorted(starts, tails.seconds + widest, side="right") - low
    block = np.cumsum(count) // _PAIRS_AT_ONCE
    for number in range(int(block[-1]) + 1):
        some = np.nonzero(block == number)[0]
        before = np.repeat(some, count[some])
        within = np.arange(len(before)) - np.repeat(np.cumsum(count[some]) - count[some], count[some])
        after = order[np.repeat(low[some], count[some]) + within]
        gap = heads.seconds[after] - tails.seconds[before]
        reach = np.maximum(tails.height[before], heads.height[after]) * (2.0 + _FASTEST * gap)
        near = np.abs(heads.place[after] - tails.place[before]).max(1) <= reach
        if near.any():
            yield before[near], after[near]


def _worth(store: Store, tails: Ends, heads: Ends, before: Pairs, after: Pairs) -> Floats:
    """Log-likelihood ratios (n,) of one person against two."""
    gap = heads.seconds[after] - tails.seconds[before]
    worth = _motion_worth(store, tails, heads, before, after, gap)
    change = np.log(heads.height[after] / tails.height[before])
    doubt = np.hypot(_SIZE_DOUBT, _SIZE_DRIFT * gap)
    worth += -0.5 * (_TAIL + 1) * np.log1p((change / doubt) ** 2 / _TAIL) + np.log(_OTHER_SIZE / doubt)
    worth += 0.5 * (change / _OTHER_SIZE) ** 2
    if tails.look.shape[1]:
        worth += look_worth(1 - similarity(tails.look[before], heads.look[after]))
    else:
        worth -= _BLIND_SWAY * np.log(_unrest(store, tails, heads, before, after))
    return worth


def look_worth(distance: npt.NDArray[np.floating]) -> Floats:
    """Log-likelihood ratio of two looks that far apart being one person's.

    One person's looks differ by an exponential distribution, two people's by a gamma of shape 2.
    """
    distance = np.maximum(np.asarray(distance, np.float64), 0.005)
    same = -distance / _LOOK_MEAN - np.log(_LOOK_MEAN)
    other = -distance / _OTHER_LOOK_MEAN + np.log(distance) - 2 * np.log(_OTHER_LOOK_MEAN)
    worth: Floats = np.clip(same - other, _LOOK_LEAST, _LOOK_MOST)
    return worth


def _unrest(store: Store, tails: Ends, heads: Ends, before: Pairs, after: Pairs) -> Floats:
    """The greater unrest of both sides of each gap (n,)."""
    unrest: Floats = np.maximum(store.unrest[tails.frame[before]], store.unrest[heads.frame[after]])
    return unrest


def _motion_worth(store: Store, tails: Ends, heads: Ends, before: Pairs, after: Pairs, gap: Floats) -> Floats:
    height = np.sqrt(tails.height[before] * heads.height[after])
    worth = np.full(len(before), np.log(_STRANGERS))
    unrest = _unrest(store, tails, heads, before, after)
    place, speed_there = tails.place[before], tails.speed[before]
    swayed = np.zeros(len(before))
    if store.travel is not None:
        motion = store.travel.between(tails.frame[before], heads.frame[after])
        carried = (motion[:, :, :2] @ place[:, :, None])[:, :, 0] + motion[:, :, 2]
        swayed = (_CAMERA_DOUBT * np.abs(carried - place).max(1)) ** 2
        place, speed_there = carried, (motion[:, :, :2] @ speed_there[:, :, None])[:, :, 0]
    for axis in range(2):
        push = (_PUSH[axis] * height * unrest) ** 2
        one, two = tails.variance[before, axis], heads.variance[after, axis]
        # What the tail foretells: its doubt carried over the gap, grown by the wandering speed.
        there = one[:, 0] + 2 * gap * one[:, 1] + gap**2 * one[:, 2] + push * gap**3 / 3 + two[:, 0] + swayed
        both = one[:, 1] + gap * one[:, 2] + push * gap**2 / 2 + two[:, 1]
        speed = one[:, 2] + push * gap + two[:, 2]
        miss = heads.place[after, axis] - place[:, axis] - gap * speed_there[:, axis]
        turn = heads.speed[after, axis] - speed_there[:, axis]
        determinant = np.maximum(there * speed - both**2, 1e-18)
        squared = (speed * miss**2 - 2 * both * miss * turn + there * turn**2) / determinant
        other = _OTHER_SPEED[axis] * height
        # Student's tails: a half-hidden box is off by more than any Gaussian allows.
        worth += -0.5 * (_TAIL + 2) * np.log1p(squared / _TAIL) - 0.5 * np.log(determinant)
        worth += 0.5 * (turn / other) ** 2 + np.log(other) - 0.5 * np.log(2 * np.pi)
    result: Floats = worth + 2 * np.log(height)
    return result


def _solve(before: Pairs, after: Pairs, worth: Floats, count: int) -> Pairs:
    """For each path the one it goes on from, or -1: the pairs of greatest total worth."""
    comes_from = np.full(count, -1, np.intp)
    for rows in _groups(before, after, count):
        ends, of_end = np.unique(before[rows], return_inverse=True)
        starts, of_start = np.unique(after[rows], return_inverse=True)
        cost = np.full((len(ends), len(starts)), 1e3)
        cost[of_end, of_start] = -worth[rows]
        offset = cost.min()
        _, of_row, _ = lap.lapjv(cost - offset, extend_cost=True, cost_limit=-offset)
        for end, start in enumerate(of_row.tolist()):
            if start >= 0 and cost[end, start] < 0:
                comes_from[starts[start]] = ends[end]
    return comes_from


def _groups(before: Pairs, after: Pairs, count: int) -> list[Pairs]:
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
