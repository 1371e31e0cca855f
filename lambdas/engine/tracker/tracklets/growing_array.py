"""Arrays that grow in place: a six-hour video's detections are never held twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_GROWTH = 1.1
"""By how much an array grows when it is full: less copies too often, more holds memory that is never used."""

_LEAST_ROWS = 1024
"""Rows of the first allocation, some pages of memory: short videos need no second one."""


class GrowingArray:
    """Rows appended to one array; memory is allocated in steps of a tenth.

    Args:
        dtype: of the values.
        shape: of one row.
    """

    def __init__(self, dtype: npt.DTypeLike, *shape: int) -> None:
        self._array: npt.NDArray[Any] = np.zeros((0, *shape), dtype)
        self._count = 0

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Add rows at the end."""
        count = self._count + len(rows)
        if count > len(self._array):
            capacity = max(int(count * _GROWTH), _LEAST_ROWS)
            # In place: the allocator moves pages, it copies nothing.
            self._array.resize((capacity, *self._array.shape[1:]), refcheck=False)
        self._array[self._count : count] = rows
        self._count = count

    def finish(self) -> npt.NDArray[Any]:
        """All rows; nothing may be appended any more."""
        self._array.resize((self._count, *self._array.shape[1:]), refcheck=False)
        return self._array
