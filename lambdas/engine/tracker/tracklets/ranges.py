"""Many ranges of row numbers in one array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def expanded(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Which range each number is of, and all numbers from each ``first`` (n,) up to but not including its
    ``last``.
    """
    count = np.maximum(last - first, 0)
    of = np.repeat(np.arange(len(count)), count)
    return of, first[of] + np.arange(len(of)) - (np.cumsum(count) - count)[of]
