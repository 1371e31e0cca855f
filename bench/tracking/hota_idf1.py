"""HOTA and IDF1 together: their means over sequences, their differences, and as the cell of a table."""

from __future__ import annotations

from collections.abc import Mapping

from bench.tracking import starts
from bench.tracking.evaluation import Figures

BySequence = Mapping[str, Figures]
"""HOTA and IDF1 by the sequence's name, means over starts."""


def mean(each: BySequence) -> Figures:
    """Over sequences."""
    return starts.mean(list(each.values()))


def less(one: Figures, other: Figures) -> Figures:
    """By how much one is above another."""
    return {column: value - other[column] for column, value in one.items()}


def cell(figures: Figures) -> str:
    """Such as "70.2 / 93.1"."""
    return f"{figures['HOTA']:.1f} / {figures['IDF1']:.1f}"


def signed_cell(figures: Figures) -> str:
    """A difference, such as "+0.2 / -1.1"; never "-0.0"."""
    return " / ".join(f"{round(figures[column], 1) + 0.0:+.1f}" for column in ("HOTA", "IDF1"))
