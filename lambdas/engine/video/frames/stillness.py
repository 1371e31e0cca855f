"""Scenes in which nothing moves need not be analysed again.

A frame that looks like one analysed shortly before shows the same people in the same places. To decide so the
same way wherever a video is cut, time is divided into slots; each slot's first frame is analysed again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SLOT_MS = 5000
"""Nothing is taken over for longer than this."""

_BLOCK = 8
"""Pixels of a small grey picture: the torso of somebody far away."""

_CHANGE = 3.0
"""Grey levels: above a camera's noise averaged over a block, far below a person's contrast."""


def slot_start(time_ms: int) -> int:
    """Start of the slot an instant lies in, in ms."""
    return time_ms // SLOT_MS * SLOT_MS


def looks_the_same(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two small grey pictures (H, W) of one scene show no change anywhere.

    Anywhere: every block of 8 × 8 pixels differs by less than 3 grey levels on average.
    """
    if one.shape != other.shape or min(one.shape) < _BLOCK:
        return False
    rows, columns = (length // _BLOCK * _BLOCK for length in one.shape)
    change = np.abs(one[:rows, :columns] - other[:rows, :columns])
    strips = np.add.reduceat(change, np.arange(0, rows, _BLOCK), axis=0)
    blocks = np.add.reduceat(strips, np.arange(0, columns, _BLOCK), axis=1)
    return bool(blocks.max() < _CHANGE * _BLOCK * _BLOCK)
