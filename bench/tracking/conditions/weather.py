"""Rain painted into pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

_DROPS = 900
"""In one picture."""

_LENGTHS = (0.03, 0.09)
"""Of a streak, the shortest and the longest, as shares of the picture's height."""

_SLANT = 0.15
"""Across, for each step down."""

_BRIGHTNESS, _OPACITY = 225, (0.15, 0.6)
_VEIL = 0.8
"""Contrast left by the drops that are too far away to be seen one by one."""


def rain(picture: Picture, number: int) -> Picture:
    """Heavy rain over a picture (height, width, 3); frame `number` decides where the drops are."""
    height, width = picture.shape[:2]
    random = np.random.default_rng(number)
    left, top = random.uniform(-0.1 * width, width, _DROPS), random.uniform(-0.1 * height, height, _DROPS)
    length = random.uniform(*_LENGTHS, _DROPS) * height
    opacity = random.uniform(*_OPACITY, _DROPS)
    steps = np.arange(int(_LENGTHS[1] * height) + 1)
    rows = top[:, None] + steps
    columns = left[:, None] + _SLANT * steps
    drop = np.broadcast_to(opacity[:, None], rows.shape)
    shown = (steps < length[:, None]) & (rows >= 0) & (rows < height) & (columns >= 0)
    veil = np.zeros((height, width), np.float32)
    thickness = max(1, round(height / 500))
    for beside in range(thickness):
        seen = shown & (columns + beside < width)
        at = rows[seen].astype(int), (columns[seen] + beside).astype(int)
        np.maximum.at(veil, at, drop[seen])
    hazy = _VEIL * picture + (1 - _VEIL) * 170
    return (hazy + veil[..., None] * (_BRIGHTNESS - hazy)).astype(np.uint8)
