"""Intersection over union of boxes as detectors give them."""

from __future__ import annotations

from engine import overlap
from engine.detector.detections import Floats


def iou(first: Floats, second: Floats) -> Floats:
    """IoU, 0 to 1, of (n, 4) with (m, 4) boxes left, top, width, height: (n, m)."""
    a, b = first[:, None], second[None]
    shared = overlap.intersection(a[..., :2], a[..., :2] + a[..., 2:], b[..., :2], b[..., :2] + b[..., 2:])
    return overlap.iou(shared, a[..., 2] * a[..., 3], b[..., 2] * b[..., 3])
