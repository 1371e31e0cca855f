"""Appearance descriptors: histograms of lightness and colour in three stripes of the body.

Cheap (taken from the detector's own small picture), and enough to tell a red coat from a black one, or brown
from green in the shade, when a tracklet is re-identified after a gap. They hold no face, no shape and no
gait, nothing in them was trained to recognise people, and they are never enough to identify a person.

Colour is the logarithms of ratios of the channels (log-chromaticity; Finlayson and Hordley 2001): a shadow or
another exposure changes the lightness and leaves the ratios as they are, and dark clothes keep their colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_STRIPES = 3
"""Stripes of the body, one above the other."""

_BODY = (0.12, 0.90)
"""From below the face to above the shoes, as shares of the box's height."""

_SIDES = (0.22, 0.78)
"""The middle of the box: its edges show the background."""

_ROWS, _COLUMNS = 8, 8
"""Points of each stripe that are looked at: as many for a large box as for a small one."""

_DARK = 12.0
"""Added to a channel (0..255) before its logarithm: below this it is mostly noise."""

_LIGHTNESS = tuple(np.linspace(0.0, 1.0, 8))
"""Centres of the bins of lightness, from black to white."""

_CHROMA = (-0.4, -0.15, 0.0, 0.15, 0.4, 0.8)
"""Centres of the bins of each log-chromaticity: close together around grey, where most clothes are."""

_OF_STRIPE = len(_LIGHTNESS) + 2 * len(_CHROMA)

SIZE = _STRIPES * _OF_STRIPE
"""Length of one descriptor."""

_STEPS = 64
"""Steps in which logarithms are counted, to one of the natural logarithm."""

_LOGARITHMS = np.rint(_STEPS * np.log((np.arange(256) + _DARK) / _DARK)).astype(np.int16)
_WHITE = int(_LOGARITHMS[-1])


def _places(values: npt.NDArray[np.float64], centres: Sequence[float]) -> npt.NDArray[np.float32]:
    """Between which two bins each value lies, and how far on the way from one to the other: bin + share."""
    last = len(centres) - 1
    return np.minimum(np.interp(values, centres, np.arange(last + 1)), last - 1e-4).astype(np.float32)


_LIGHTNESS_PLACES = _places(np.arange(3 * _WHITE + 1) / (3 * _WHITE), _LIGHTNESS)
_RED_PLACES = _places(np.arange(-_WHITE, _WHITE + 1) / _STEPS, _CHROMA)
_BLUE_PLACES = _places(np.arange(-2 * _WHITE, 2 * _WHITE + 1) / (2 * _STEPS), _CHROMA)


def describe(image: npt.NDArray[np.uint8], boxes: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Describe each box of a picture.

    Args:
        image: uint8 (h, w, 3), RGB, the frame at any size.
        boxes: float (N, 4), left, top, width, height as ratios of the frame.

    Returns:
        uint8 (N, `SIZE`): for each stripe the square roots of the histograms of lightness, of red against
        green and of blue against both, each of unit length × 255. A value counts for the two bins that it
        lies between. Zeros for a box wholly outside the picture.
    """
    pixels, inside = _looked_at(image, np.asarray(boxes, np.float64).reshape(-1, 4))
    red, green, blue = (_LOGARITHMS[pixels[..., channel]] for channel in range(3))
    yellow = red + green
    places = np.stack(
        [
            _LIGHTNESS_PLACES[yellow + blue],
            _RED_PLACES[red - green + _WHITE] + len(_LIGHTNESS),
            _BLUE_PLACES[2 * blue - yellow + 2 * _WHITE] + (len(_LIGHTNESS) + len(_CHROMA)),
        ],
        axis=1,
    )
    bins = places.astype(np.int32)
    upper = (places - bins) * inside[:, None]
    bins += (_OF_STRIPE * np.arange(len(bins), dtype=np.int32))[:, None, None]
    count = len(bins) * _OF_STRIPE
    summed = np.bincount(bins.ravel(), (inside[:, None] - upper).ravel(), count)
    bins += 1
    summed += np.bincount(bins.ravel(), upper.ravel(), count)
    total = np.maximum(inside.sum(1, keepdims=True), 1)
    roots = np.sqrt(np.maximum(summed.reshape(len(bins), _OF_STRIPE), 0) / total)
    result: npt.NDArray[np.uint8] = (255 * roots).astype(np.uint8).reshape(-1, SIZE)
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


def _looked_at(
    image: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The points of each stripe of each box (N * stripes, P, 3), and 1 for each inside the picture."""
    height, width = image.shape[:2]
    left, top, across, down = boxes.T[:, :, None]
    y = np.floor((top + down * _spread(*_BODY, _STRIPES * _ROWS)) * height).astype(np.intp)
    x = np.floor((left + across * _spread(*_SIDES, _COLUMNS)) * width).astype(np.intp)
    inside = ((y >= 0) & (y < height))[:, :, None] & ((x >= 0) & (x < width))[:, None, :]
    pixels = image[np.clip(y, 0, height - 1)[:, :, None], np.clip(x, 0, width - 1)[:, None, :]]
    points = _ROWS * _COLUMNS
    return pixels.reshape(-1, points, 3), inside.reshape(-1, points).astype(np.float32)


def _spread(begin: float, end: float, count: int) -> npt.NDArray[np.float64]:
    """The middles of so many equal parts of ``begin`` to ``end``."""
    middles: npt.NDArray[np.float64] = begin + (end - begin) * (np.arange(count) + 0.5) / count
    return middles
