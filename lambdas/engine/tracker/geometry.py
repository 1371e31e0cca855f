"""Boxes: ratios of the frame to frame heights and back, and how much they overlap.

Inside the linker a box is centre x, centre y, width, height, all in frame heights, so that a length
means the same across and down whatever the frame's aspect.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def to_heights(boxes: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Boxes (N, 4) left, top, width, height in ratios → centre x, y, width, height in frame heights."""
    left, top, width, height = np.asarray(boxes, np.float64).reshape(-1, 4).T
    return np.stack([(left + width / 2) * aspect, top + height / 2, width * aspect, height], axis=1)


def to_ratios(states: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Inverse of `to_heights`."""
    x, y, width, height = np.asarray(states, np.float64).reshape(-1, 4).T
    return np.stack([(x - width / 2) / aspect, y - height / 2, width / aspect, height], axis=1)


def overlaps(first: Floats, second: Floats) -> Floats:
    """IoU (len(first), len(second)) of boxes given as centre and size."""
    return _iou(first[:, None, :], second[None, :, :])


def paired_overlaps(first: Floats, second: Floats) -> Floats:
    """IoU (N,) of boxes row by row."""
    return _iou(first, second)


def covered(first: Floats, second: Floats) -> Floats:
    """Share (len(first), len(second)) of each first box that lies inside each second one."""
    shared = shared_areas(first[:, None, :], second[None, :, :])
    return shared / np.maximum(first[:, 2] * first[:, 3], 1e-12)[:, None]


def shared_areas(a: Floats, b: Floats) -> Floats:
    """Areas that boxes, broadcast against each other, have in common."""
    half_a, half_b = a[..., 2:] / 2, b[..., 2:] / 2
    low = np.maximum(a[..., :2] - half_a, b[..., :2] - half_b)
    high = np.minimum(a[..., :2] + half_a, b[..., :2] + half_b)
    size = np.maximum(high - low, 0)
    shared: Floats = size[..., 0] * size[..., 1]
    return shared


def _iou(a: Floats, b: Floats) -> Floats:
    shared = shared_areas(a, b)
    union = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - shared
    result: Floats = shared / np.maximum(union, 1e-12)
    return result
