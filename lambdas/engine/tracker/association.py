"""Data association: which detection belongs to which prediction."""

from __future__ import annotations

import lap
import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats

Indices = npt.NDArray[np.intp]

IMPOSSIBLE = 1e3
"""Cost of a pair that is not to be made: above any sum of possible ones that matters."""


def assign(gain: Floats, least: float) -> tuple[Indices, Indices]:
    """Pair rows with columns so that the total gain is greatest (Jonker-Volgenant).

    Args:
        gain: (R, C), 0..1, such as IoU.
        least: the gate: pairs of less gain are never made.

    Returns:
        Rows and columns of the pairs, rows rising.
    """
    if gain.size == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    possible = gain >= least
    rows, columns = np.nonzero(possible)
    if len(rows) == 0:
        return rows, columns
    alone = (possible.sum(1)[rows] == 1) & (possible.sum(0)[columns] == 1)
    if alone.all():
        return rows, columns
    cost = np.where(possible, 1.0 - gain, IMPOSSIBLE)
    _, of_row, _ = lap.lapjv(cost, extend_cost=True, cost_limit=1.0 - least + 1e-9)
    rows = np.nonzero(of_row >= 0)[0]
    columns = of_row[rows].astype(np.intp)
    kept = possible[rows, columns]
    return rows[kept], columns[kept]
