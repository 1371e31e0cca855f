"""Takes away boxes that say again what a better box has said."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.detector.detections import Floats

# More than this share of a part lies inside the person it belongs to, and it is no larger than this share of
# the person.
PART_INSIDE = 0.9
PART_AREA = 0.2


def keep_distinct(boxes: Floats, scores: Floats, overlap: float) -> NDArray[np.intp]:
    """Positions of the boxes to keep, best score first (of equal scores, the earlier box).

    boxes: (n, 4) left, top, width, height. A box goes when its intersection over union with a better one is
    above `overlap` (the same person again), or when it is small and lies inside a better one (a head, a pair
    of legs). Someone further away who stands behind another is small too, but rarely that small.
    """
    order = np.argsort(-scores, kind="stable")
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    areas = boxes[:, 2] * boxes[:, 3]
    kept: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        width = np.minimum(right[best], right[rest]) - np.maximum(left[best], left[rest])
        height = np.minimum(bottom[best], bottom[rest]) - np.maximum(top[best], top[rest])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        union = areas[best] + areas[rest] - shared
        again = shared > overlap * union
        part = (shared > PART_INSIDE * areas[rest]) & (areas[rest] < PART_AREA * areas[best])
        order = rest[~(again | part)]
    return np.array(kept, np.intp)
