"""Stitching: re-identification of tracklets across gaps, over the whole video at once.

Every end of a tracklet may be continued by at most one later beginning. All likely continuations compete in
one assignment, and a pair is worth the log-odds of one person against two (`stitch_evidence`), less what it
takes to explain why the person was not detected meanwhile (`occlusion`).
"""

from __future__ import annotations

from collections.abc import Iterator

import lap
import numpy as np
import numpy.typing as npt

from engine.tracker.association import IMPOSSIBLE, Indices
from engine.tracker.geometry import Floats
from engine.tracker.motion.motion_model import FASTEST
from engine.tracker.passes.alternatives import margins
from engine.tracker.passes.appearance_scale import appearance_scale
from engine.tracker.passes.gaps import Gaps
from engine.tracker.passes.occlusion import unoccluded_seconds
from engine.tracker.passes.stitch_evidence import log_likelihood_ratio
from engine.tracker.settings import Settings
from engine.tracker.time_limits import LEAST_FRAMES
from engine.tracker.tracklets.joins import Joins
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklet_ends import TrackletEnds, tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets

_SHORT_GAPS = 1 / 4
"""Share of the longest gap that a first round joins, so that a second one knows longer tracklets. Raising it
joins across longer gaps on what short tracklets show.
"""

_AWAY_FROM_SIDES = 1.5
"""Log-odds added to a stitch in the middle of the picture, where nobody can have left it, and taken from
one at a side. Raising it joins more in the middle, and less of those who leave and others who enter.
"""

_AHEAD_SECONDS = 0.5
"""Someone who would be at a side in this time is leaving: detectors lose people before they are gone.
Raising it takes more ends for leaving.
"""

_SIDE_MARGIN = 0.2
"""Someone less than this many of their own widths from a side is at it. Raising it takes more ends for
leaving.
"""

_SAME_FORWARD_TRACK = 1.0
"""Log-odds added where the forward pass had both sides in one tracklet: it was split on suspicion, and most
suspicions are wrong. Raising it undoes more splits.
"""

_NEAR = 2.0
"""Body heights apart, besides what `FASTEST` allows, beyond which no pair is considered: boxes of half a
person are off by less. Raising it only judges more pairs.
"""

_PAIRS_AT_ONCE = 50_000
"""Pairs judged at a time: bounds memory in long videos of many people."""


def stitch(store: Store, settings: Settings) -> None:
    """Relabel the store's tracklets so that those joined share the label of the first."""
    with_appearance = store.has_appearance
    longest = settings.stitch_seconds if with_appearance else settings.motion_only_stitch_seconds
    for longest_gap in (longest * _SHORT_GAPS, longest):
        _stitch_round(store, longest_gap, settings)


def _stitch_round(store: Store, longest_gap: float, settings: Settings) -> None:
    tracklets = Tracklets.of(store)
    if len(tracklets) < 2:
        return
    heads = tracklet_ends(store, tracklets, first=True)
    tails = tracklet_ends(store, tracklets, first=False)
    prior = settings.stitch_log_odds if store.has_appearance else settings.motion_only_stitch_log_odds
    scale = appearance_scale(heads, tails) if store.has_appearance else 1.0
    likely, log_odds = [], []
    for gaps in candidates(tails, heads, longest_gap):
        found = log_likelihood_ratio(store, gaps, scale) + prior + _by_side(store, gaps)
        found += _SAME_FORWARD_TRACK * gaps.of_one_forward_track
        likely.append(gaps.where(found > 0))
        log_odds.append(found[found > 0])
    if not likely:
        return
    gaps = Gaps.joined(likely)
    exposed = unoccluded_seconds(store, gaps, tracklets.labels)
    total = np.concatenate(log_odds) - settings.unoccluded_cost * exposed
    gaps, total = gaps.where(total > 0), total[total > 0]
    predecessors = best_predecessors(gaps, total, len(tracklets))
    store.joins = store.joins.followed_by(_joins(tracklets, gaps, total, predecessors))
    join(store, tracklets, heads, predecessors)


def _joins(tracklets: Tracklets, gaps: Gaps, log_odds: Floats, predecessors: Indices) -> Joins:
    """The gaps that are closed, each with what closing it gains over the best alternative."""
    chosen = predecessors[gaps.after] == gaps.before
    closed = gaps.where(chosen)
    margin = margins(gaps.before, gaps.after, log_odds, chosen)
    return Joins.at(tracklets, closed.before, closed.after, margin)


def join(store: Store, tracklets: Tracklets, heads: TrackletEnds, predecessors: Indices) -> None:
    """Relabel every tracklet as the first of its chain."""
    root = np.arange(len(tracklets))
    for tracklet in np.argsort(heads.seconds, kind="stable").tolist():
        if predecessors[tracklet] >= 0:
            root[tracklet] = root[predecessors[tracklet]]
    relabel = np.full(int(tracklets.labels.max()) + 1, -1, np.int32)
    relabel[tracklets.labels] = tracklets.labels[root]
    assigned = store.track >= 0
    store.track[assigned] = relabel[store.track[assigned]]


def _by_side(store: Store, gaps: Gaps) -> Floats:
    leaving = at_side(store, gaps.tails, 1.0)[gaps.before] | at_side(store, gaps.heads, -1.0)[gaps.after]
    return np.where(leaving, -_AWAY_FROM_SIDES, _AWAY_FROM_SIDES)


def at_side(store: Store, found: TrackletEnds, direction: float) -> npt.NDArray[np.bool_]:
    """Whether each end is at the picture's side, or soon will be (``direction`` 1) or just was (-1)."""
    now = found.centre[:, 0]
    ahead = np.maximum(_AHEAD_SECONDS, store.frame_durations[found.frame])
    soon = now + direction * ahead * found.velocity[:, 0]
    half = found.width / 2
    left = np.minimum(now, soon) - half <= _SIDE_MARGIN * found.width
    right = np.maximum(now, soon) + half >= store.aspect - _SIDE_MARGIN * found.width
    return left | right


def candidates(tails: TrackletEnds, heads: TrackletEnds, longest_gap: float) -> Iterator[Gaps]:
    """Ends and beginnings inside the gate of time and distance, some thousands at a time."""
    order = np.argsort(heads.seconds, kind="stable")
    starts = heads.seconds[order]
    low = np.searchsorted(starts, tails.seconds, side="right")
    high = np.searchsorted(starts, tails.seconds + longest_gap, side="right")
    high = np.maximum(high, np.searchsorted(heads.frame[order], tails.frame + LEAST_FRAMES, side="right"))
    count = high - low
    block = np.cumsum(count) // _PAIRS_AT_ONCE
    for number in range(int(block[-1]) + 1):
        some = np.nonzero(block == number)[0]
        before = np.repeat(some, count[some])
        within = np.arange(len(before)) - np.repeat(np.cumsum(count[some]) - count[some], count[some])
        after = order[np.repeat(low[some], count[some]) + within]
        gaps = Gaps(tails, heads, before, after)
        reach = np.maximum(tails.height[before], heads.height[after]) * (_NEAR + FASTEST * gaps.seconds)
        near = np.abs(heads.centre[after] - tails.centre[before]).max(1) <= reach
        if near.any():
            yield gaps.where(near)


def best_predecessors(gaps: Gaps, log_odds: Floats, count: int) -> Indices:
    """For each of ``count`` tracklets the one it continues, or -1: the gaps of greatest total log-odds."""
    predecessors = np.full(count, -1, np.intp)
    for rows in _competing(gaps, count):
        ends, of_end = np.unique(gaps.before[rows], return_inverse=True)
        starts, of_start = np.unique(gaps.after[rows], return_inverse=True)
        cost = np.full((len(ends), len(starts)), IMPOSSIBLE)
        cost[of_end, of_start] = -log_odds[rows]
        offset = cost.min()
        _, of_row, _ = lap.lapjv(cost - offset, extend_cost=True, cost_limit=-offset)
        for end, start in enumerate(of_row.tolist()):
            if start >= 0 and cost[end, start] < 0:
                predecessors[starts[start]] = ends[end]
    return predecessors


def _competing(gaps: Gaps, count: int) -> list[Indices]:
    """Gaps grouped by those that compete with each other: connected by a shared end or beginning."""
    group = np.arange(2 * count)

    def find(node: int) -> int:
        while group[node] != node:
            group[node] = group[group[node]]
            node = int(group[node])
        return node

    for end, start in zip(gaps.before.tolist(), gaps.after.tolist(), strict=True):
        one, other = find(end), find(count + start)
        if one != other:
            group[max(one, other)] = min(one, other)
    roots = np.array([find(int(end)) for end in gaps.before], np.intp)
    order = np.argsort(roots, kind="stable")
    cuts = np.nonzero(np.diff(roots[order]))[0] + 1
    return [part for part in np.split(order, cuts) if len(part)]
