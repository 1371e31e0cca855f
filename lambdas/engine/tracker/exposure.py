"""How long a person joined across a gap would have stood in plain sight without being seen."""

from __future__ import annotations

import numpy as np

from engine.tracker.geometry import Floats, paired_overlaps, shared_areas
from engine.tracker.store import NOBODY, Store
from engine.tracker.tracklet_ends import Ends

_FAINT_OVERLAP = 0.2
"""A faint detection that overlaps the expected box this much (IoU) may well be the person."""


def exposed_seconds(
    store: Store, tails: Ends, heads: Ends, before: np.ndarray, after: np.ndarray, labels: np.ndarray
) -> Floats:
    """Seconds of each gap (n,) in which no other path's box hides the box expected there.

    A box hidden in part counts in part.
    """
    result = np.zeros(len(before))
    times = store.seconds
    edges = np.searchsorted(store.frame_of, np.arange(len(times) + 1))
    for pair, (tail, head) in enumerate(zip(before.tolist(), after.tolist(), strict=True)):
        first, last = int(tails.frame[tail]) + 1, int(heads.frame[head])
        if first >= last:
            continue
        frames = np.arange(first, last)
        share = (times[frames] - tails.seconds[tail]) / (heads.seconds[head] - tails.seconds[tail])
        start = np.array([*tails.place[tail], tails.width[tail], tails.height[tail]])
        end = np.array([*heads.place[head], heads.width[head], heads.height[head]])
        expected = start + share[:, None] * (end - start)
        rows = np.arange(edges[first], edges[last])
        path = store.path[rows]
        rows = rows[(path != labels[tail]) & (path != labels[head])]
        of = store.frame_of[rows] - first
        boxes = store.boxes[rows].astype(np.float64)
        hidden = shared_areas(expected[of], boxes) / np.maximum(expected[of, 2] * expected[of, 3], 1e-12)
        faint = store.path[rows] == NOBODY
        hidden[faint] = paired_overlaps(expected[of[faint]], boxes[faint]) >= _FAINT_OVERLAP
        least = np.zeros(len(frames))
        np.maximum.at(least, of, hidden)
        step = (times[last] - times[first - 1]) / (last - first + 1)
        result[pair] = step * np.clip(1 - 1.5 * least, 0, 1).sum()
    return result
