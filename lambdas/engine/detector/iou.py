"""Intersection over union."""

from __future__ import annotations

import numpy as np

from engine.detector.detections import Floats


def iou(first: Floats, second: Floats) -> Floats:
    """IoU, 0 to 1, of (n, 4) with (m, 4) boxes left, top, width, height: (n, m)."""
    left, top = (np.maximum(first[:, None, side], second[:, side]) for side in (0, 1))
    right, bottom = (
        np.minimum(first[:, None, side] + first[:, None, side + 2], second[:, side] + second[:, side + 2])
        for side in (0, 1)
    )
    intersection = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)
    areas = first[:, 2] * first[:, 3], second[:, 2] * second[:, 3]
    union = areas[0][:, None] + areas[1] - intersection
    ratios: Floats = intersection / np.maximum(union, np.float32(1e-12))
    return ratios
