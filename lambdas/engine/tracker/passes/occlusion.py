"""How long a person joined across a gap would have gone undetected with nobody in front."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats, coverage, iou
from engine.tracker.passes.gaps import Gaps
from engine.tracker.tracklets.ranges import expanded
from engine.tracker.tracklets.store import UNASSIGNED, Store

_POSSIBLE_IOU = 0.2
"""An unassigned detection that overlaps the expected box this much may well be the person. Raising it takes
fewer people for detected, so that gaps cost more.
"""

_HIDDEN_COVERAGE = 2 / 3
"""A box covered this much by another is not detected at all; one covered less, less often in proportion.
Raising it explains fewer gaps by who stands in front, so that they cost more.
"""

_COMPARED_AT_ONCE = 50_000
"""Boxes compared at a time: bounds memory in long videos of many people."""


def unoccluded_seconds(store: Store, gaps: Gaps, labels: npt.NDArray[np.int32]) -> Floats:
    """Seconds of each gap (n,) in which no other track's box occludes the box expected there.

    A box occluded in part counts in part. ``labels``: (T,) of the tracklets that the gaps lie between.
    """
    result = np.zeros(len(gaps))
    edges = store.rows_by_frame()
    first, last = gaps.tails.frame[gaps.before] + 1, gaps.heads.frame[gaps.after]
    compared = np.cumsum(np.maximum(edges[last] - edges[np.minimum(first, last)], 0) + (last - first))
    block = compared // _COMPARED_AT_ONCE
    for some in np.split(np.arange(len(gaps)), np.nonzero(np.diff(block))[0] + 1):
        result[some] = _unoccluded(store, edges, gaps.at(some), labels)
    return result


def _unoccluded(store: Store, edges: Indices, gaps: Gaps, labels: npt.NDArray[np.int32]) -> Floats:
    tails, heads, before, after = gaps.tails, gaps.heads, gaps.before, gaps.after
    times = store.seconds
    first, last = tails.frame[before] + 1, heads.frame[after]
    gap, frame = expanded(first, last)
    share = (times[frame] - tails.seconds[before][gap]) / gaps.seconds[gap]
    start = np.column_stack([tails.centre[before], tails.width[before], tails.height[before]])
    end = np.column_stack([heads.centre[after], heads.width[after], heads.height[after]])
    expected = start[gap] + share[:, None] * (end - start)[gap]
    instant, rows = expanded(edges[frame], edges[frame + 1])
    track = store.track[rows]
    others = (track != labels[before[gap[instant]]]) & (track != labels[after[gap[instant]]])
    instant, rows, track = instant[others], rows[others], track[others]
    boxes = store.boxes[rows].astype(np.float64)
    occlusion = coverage(expected[instant], boxes)
    unassigned = track == UNASSIGNED
    occlusion[unassigned] = iou(expected[instant[unassigned]], boxes[unassigned]) >= _POSSIBLE_IOU
    largest = np.zeros(len(frame))
    np.maximum.at(largest, instant, occlusion)
    exposed = np.bincount(gap, np.clip(1 - largest / _HIDDEN_COVERAGE, 0, 1), len(gaps))
    step = (times[last] - times[first - 1]) / (last - first + 1)
    result: Floats = step * exposed
    return result
