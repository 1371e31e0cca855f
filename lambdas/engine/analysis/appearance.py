"""Appearance descriptors: colour histograms of the upper and the lower body.

Cheap (taken from the detector's own small picture), and enough to tell a red coat from a black one when a
tracklet is re-identified after a gap. Never enough to identify a person.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_CHROMA_BINS = 4
"""Bins of each of the two opponent colours."""

_LUMA_BINS = 8
"""Bins of the brightness."""

_PARTS = ((0.12, 0.50), (0.50, 0.90))
"""Upper body (below the face) and lower body (above the shoes), as shares of the box's height."""

_SIDES = (0.22, 0.78)
"""The middle of the box: its edges show the background."""

SIZE = len(_PARTS) * (_CHROMA_BINS * _CHROMA_BINS + _LUMA_BINS)
"""Length of one descriptor."""


def describe(image: npt.NDArray[np.uint8], boxes: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Describe each box of a picture.

    Args:
        image: uint8 (h, w, 3), RGB, the frame at any size.
        boxes: float (N, 4), left, top, width, height as ratios of the frame.

    Returns:
        uint8 (N, `SIZE`): for each body part the square roots of an opponent chroma histogram and of a
        brightness histogram, each of unit length × 255. Zeros for a box wholly outside the picture.
    """
    height, width = image.shape[:2]
    result = np.zeros((len(boxes), SIZE), np.uint8)
    for row, (left, top, box_width, box_height) in enumerate(np.asarray(boxes, float).tolist()):
        columns = _pixels(left + _SIDES[0] * box_width, left + _SIDES[1] * box_width, width)
        parts = []
        for begin, end in _PARTS:
            lines = _pixels(top + begin * box_height, top + end * box_height, height)
            parts.append(_histogram(image[lines, columns]))
        result[row] = np.concatenate(parts)
    return result


def similarity(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Bhattacharyya coefficients of descriptors, or means of them, row by row.

    Args:
        first: (..., D) descriptors.
        second: (..., D) descriptors, broadcast against ``first``.

    Returns:
        float32 (...): 1 for the same colours, 0 for none in common; 0 where a descriptor is all zeros.
    """
    a, b = np.asarray(first, np.float32), np.asarray(second, np.float32)
    norm = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    product: npt.NDArray[np.float32] = (a * b).sum(-1) / np.maximum(norm, 1e-6)
    return product


def _pixels(begin: float, end: float, count: int) -> slice:
    """The pixels between two ratios of ``count``: one at least, but none outside the picture."""
    first = round(begin * count)
    last = max(first + 1, round(end * count))
    return slice(min(max(first, 0), count), min(max(last, 0), count))


def _histogram(patch: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if patch.size == 0:
        return np.zeros(_CHROMA_BINS * _CHROMA_BINS + _LUMA_BINS, np.uint8)
    rgb = patch.reshape(-1, 3).astype(np.int32)
    luma = (rgb[:, 0] * 77 + rgb[:, 1] * 150 + rgb[:, 2] * 29) >> 8
    red_green = np.clip((rgb[:, 0] - rgb[:, 1] + 64) * _CHROMA_BINS >> 7, 0, _CHROMA_BINS - 1)
    blue_luma = np.clip((rgb[:, 2] - luma + 64) * _CHROMA_BINS >> 7, 0, _CHROMA_BINS - 1)
    chroma = np.bincount(red_green * _CHROMA_BINS + blue_luma, minlength=_CHROMA_BINS * _CHROMA_BINS)
    light = np.bincount(luma * _LUMA_BINS >> 8, minlength=_LUMA_BINS)
    both = [np.sqrt(counts / len(rgb)) * 255 for counts in (chroma, light)]
    return np.concatenate(both).astype(np.uint8)
