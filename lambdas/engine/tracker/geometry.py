"""Boxes: ratios of the frame to frame heights and back, and how much they overlap.

Inside the tracker a box is centre x, centre y, width, height, all in frame heights, so that a length
means the same across and down whatever the frame's aspect.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine import overlap

Floats = npt.NDArray[np.float64]


def to_heights(boxes: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Boxes (N, 4) left, top, width, height in ratios → centre x, y, width, height in frame heights."""
    left, top, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    return np.stack([(left + width / 2) * aspect, top + height / 2, width * aspect, height], axis=1)


def to_ratios(boxes: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Inverse of `to_heights`."""
    x, y, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    return np.stack([(x - width / 2) / aspect, y - height / 2, width / aspect, height], axis=1)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of boxes (..., 4), broadcast against each other."""
    return overlap.iou(intersection(a, b), a[..., 2] * a[..., 3], b[..., 2] * b[..., 3])


def iou_matrix(first: Floats, second: Floats) -> Floats:
    """IoU (len(first), len(second)) of every first box with every second one."""
    return iou(first[:, None, :], second[None, :, :])


def coverage(a: Floats, b: Floats) -> Floats:
    """Share of each box ``a`` (..., 4) that lies inside ``b``, broadcast against each other."""
    return overlap.share(intersection(a, b), a[..., 2] * a[..., 3])


def coverage_matrix(first: Floats, second: Floats) -> Floats:
    """Share (len(first), len(second)) of each first box that lies inside each second one."""
    return coverage(first[:, None, :], second[None, :, :])


def intersection(a: Floats, b: Floats) -> Floats:
    """Areas that boxes (..., 4), broadcast against each other, have in common."""
    half_a, half_b = a[..., 2:] / 2, b[..., 2:] / 2
    return overlap.intersection(
        a[..., :2] - half_a, a[..., :2] + half_a, b[..., :2] - half_b, b[..., :2] + half_b
    )
