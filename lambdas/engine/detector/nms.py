"""Non-maximum suppression: of boxes of one person, only the one with the highest score stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.detector.detections import Floats

_PART_INSIDE = 0.9
"""More than this share of a body part's box lies inside the box of its person …"""

_PART_AREA = 0.2
"""… and its area is less than this share of the person's."""


def nms(boxes: Floats, scores: Floats, iou_threshold: float) -> NDArray[np.intp]:
    """Positions of the boxes to keep, highest score first (of equal scores, the earlier box).

    boxes: (n, 4) left, top, width, height. A box is suppressed when its IoU with one of a higher score is
    above `iou_threshold`, or when it is small and lies inside one (a head, a pair of legs). A person further
    away who stands behind another is small too, but rarely that small.
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
        intersection = np.maximum(width, 0) * np.maximum(height, 0)
        union = areas[best] + areas[rest] - intersection
        is_duplicate = intersection > iou_threshold * union
        is_part = (intersection > _PART_INSIDE * areas[rest]) & (areas[rest] < _PART_AREA * areas[best])
        order = rest[~(is_duplicate | is_part)]
    return np.array(kept, np.intp)
