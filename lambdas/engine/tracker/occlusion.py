"""How long a person joined across a gap would have gone undetected with nobody in front."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.gaps import Gaps
from engine.tracker.geometry import Floats, coverage, iou
from engine.tracker.store import UNASSIGNED, Store

_POSSIBLE_IOU = 0.2
"""An unassigned detection that overlaps the expected box this much may well be the person."""

_HIDDEN_COVERAGE = 2 / 3
"""A box covered this much by another is not detected at all; one covered less, less often in proportion."""


def unoccluded_seconds(store: Store, gaps: Gaps, labels: npt.NDArray[np.int32]) -> Floats:
    """Seconds of each gap (n,) in which no other track's box occludes the box expected there.

    A box occluded in part counts in part. ``labels``: (T,) of the tracklets that the gaps lie between.
    """
    tails, heads = gaps.tails, gaps.heads
    result = np.zeros(len(gaps))
    times = store.seconds
    edges = store.rows_by_frame()
    for pair, (tail, head) in enumerate(zip(gaps.before.tolist(), gaps.after.tolist(), strict=True)):
        first, last = int(tails.frame[tail]) + 1, int(heads.frame[head])
        if first >= last:
            continue
        frames = np.arange(first, last)
        share = (times[frames] - tails.seconds[tail]) / (heads.seconds[head] - tails.seconds[tail])
        start = np.array([*tails.centre[tail], tails.width[tail], tails.height[tail]])
        end = np.array([*heads.centre[head], heads.width[head], heads.height[head]])
        expected = start + share[:, None] * (end - start)
        rows = np.arange(edges[first], edges[last])
        track = store.track[rows]
        rows = rows[(track != labels[tail]) & (track != labels[head])]
        frame = store.frame_of[rows] - first
        boxes = store.boxes[rows].astype(np.float64)
        occlusion = coverage(expected[frame], boxes)
        unassigned = store.track[rows] == UNASSIGNED
        occlusion[unassigned] = iou(expected[frame[unassigned]], boxes[unassigned]) >= _POSSIBLE_IOU
        largest = np.zeros(len(frames))
        np.maximum.at(largest, frame, occlusion)
        step = (times[last] - times[first - 1]) / (last - first + 1)
        result[pair] = step * np.clip(1 - largest / _HIDDEN_COVERAGE, 0, 1).sum()
    return result
