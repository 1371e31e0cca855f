"""How far apart the people of a video look, learnt from its own tracklets: two in one frame are two people.

In a picture without colour, or of a team in one dress, two people are nearly as alike as one person at two
times. Distances of appearance then count by what is far in this video.
"""

from __future__ import annotations

import numpy as np

from engine.analysis.appearance import similarity
from engine.tracker.tracklets.tracklet_ends import TrackletEnds

_USUAL_DISTANCE = 0.2
"""Mean appearance distance of two people in daylight and colour. Measured: 0.18, 0.21 and 0.21
(TUD-Stadtmitte, PETS09-S2L1 and the beginning of ADL-Rundle-6, means of two seconds at most 8 s apart).
"""

_USUAL_WEIGHT = 3
"""The usual distance counts like so many tracklets of the video. Raising it trusts what a short video shows
of its own people less.
"""

_LEAST_SECONDS = 2.0
"""Shorter tracklets show too little of a person. Raising it leaves fewer to learn from."""

_NEIGHBOURS = 5
"""Each tracklet is compared with so many that begin next after it: bounds time in long videos."""


def appearance_scale(heads: TrackletEnds, tails: TrackletEnds) -> float:
    """Mean distance of two people of the video over what is usual; 1 where nobody is beside another.

    Args:
        heads: the beginnings of its tracklets.
        tails: their ends, in the same order.
    """
    long = np.nonzero(tails.seconds - heads.seconds >= _LEAST_SECONDS)[0]
    order = long[np.argsort(heads.seconds[long], kind="stable")]
    total, pairs, compared = 0.0, 0, np.zeros(len(heads.seconds), bool)
    for step in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        one, other = order[:-step], order[step:]
        together = heads.seconds[other] <= tails.seconds[one]
        one, other = one[together], other[together]
        total += float((1 - similarity(tails.appearance[one], tails.appearance[other])).sum())
        pairs += len(one)
        compared[one] = compared[other] = True
    if pairs == 0:
        return 1.0
    count = int(compared.sum())
    return (count * total / pairs / _USUAL_DISTANCE + _USUAL_WEIGHT) / (count + _USUAL_WEIGHT)
