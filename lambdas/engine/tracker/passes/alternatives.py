"""By how much an assignment is better than what else might have been assigned."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats


def margins(rows: Indices, columns: Indices, gains: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    """What the total gain loses at least when a chosen pair is not made.

    Either nothing is put in its place, or one other pair that takes its row or its column; what is left over
    by that is paired with each other, or with a row or column that nothing was paired with, where that gains.

    Args:
        rows, columns, gains: (n,) the possible pairs, each once, all others gain nothing.
        chosen: (n,) those of the assignment of the greatest total gain.

    Returns:
        (m,) for the chosen pairs in their order.
    """
    count = int(max(rows.max(initial=-1), columns.max(initial=-1))) + 1
    column_of, row_of = np.full(count, -1, np.intp), np.full(count, -1, np.intp)
    column_of[rows[chosen]], row_of[columns[chosen]] = columns[chosen], rows[chosen]
    of_row, of_column = np.zeros(count), np.zeros(count)
    of_row[rows[chosen]], of_column[columns[chosen]] = gains[chosen], gains[chosen]
    row, column, gain = rows[~chosen], columns[~chosen], gains[~chosen]
    left_over = _gain_of(rows, columns, gains, row_of[column], column_of[row])
    free = (column_of[row] < 0) | (row_of[column] < 0)
    with_free_row, with_free_column = np.zeros(count + 1), np.zeros(count + 1)
    np.maximum.at(with_free_row, columns[column_of[rows] < 0], gains[column_of[rows] < 0])
    np.maximum.at(with_free_column, rows[row_of[columns] < 0], gains[row_of[columns] < 0])
    left_over += free * (with_free_row[column_of[row]] + with_free_column[row_of[column]])
    loss = of_row[row] + of_column[column] - gain - left_over
    least = of_row.copy()
    np.minimum.at(least, row, loss)
    broken = row_of[column] >= 0
    np.minimum.at(least, row_of[column[broken]], loss[broken])
    result: Floats = least[rows[chosen]]
    return result


def _gain_of(rows: Indices, columns: Indices, gains: Floats, row: Indices, column: Indices) -> Floats:
    """The gains (k,) of other pairs, which may be none (-1) or not possible; never below 0."""
    width = int(columns.max(initial=0)) + 1
    key = rows * width + columns
    order = np.argsort(key)
    wanted = row * width + column
    place = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    known = (row >= 0) & (column >= 0) & (key[order[place]] == wanted)
    gain: Floats = np.where(known, np.maximum(gains[order[place]], 0), 0)
    return gain
