"""How much boxes overlap, whatever the form and unit they are kept in: the one place with the formula."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Floats = TypeVar("_Floats", NDArray[np.float32], NDArray[np.float64])

_LEAST_AREA = 1e-12
"""Keeps boxes without area from dividing by 0."""


def intersection(low_a: _Floats, high_a: _Floats, low_b: _Floats, high_b: _Floats) -> _Floats:
    """Areas that boxes have in common, by their corners (..., 2), broadcast against each other."""
    size = np.maximum(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0)
    shared: _Floats = size[..., 0] * size[..., 1]
    return shared


def iou(shared: _Floats, area_a: _Floats, area_b: _Floats) -> _Floats:
    """Intersection over union, 0 to 1, of boxes with so much in common and these areas."""
    return share(shared, area_a + area_b - shared)


def share(part: _Floats, whole: _Floats) -> _Floats:
    """Which share one area is of another."""
    result: _Floats = np.divide(part, np.maximum(whole, _LEAST_AREA))
    return result
