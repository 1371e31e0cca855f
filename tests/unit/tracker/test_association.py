"""Pairing predictions with detections."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.tracker.association import assign


def test_the_greatest_total_wins_over_the_greatest_single_gain() -> None:
    gain = np.array([[0.9, 0.8], [0.8, 0.0]])
    rows, columns = assign(gain, 0.1)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_nothing_outside_the_gate_is_paired() -> None:
    rows, _ = assign(np.array([[0.2, 0.1], [0.0, 0.2]]), 0.3)
    assert len(rows) == 0


def test_no_tracks_or_no_detections_make_no_pairs() -> None:
    assert len(assign(np.zeros((0, 3)), 0.1)[0]) == 0
    assert len(assign(np.zeros((3, 0)), 0.1)[0]) == 0


@settings(deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(0, 1)),
    st.floats(0.05, 0.9),
)
def test_every_row_and_column_is_used_once_at_most(gain: np.ndarray, least: float) -> None:
    rows, columns = assign(gain, least)
    assert len(np.unique(rows)) == len(rows)
    assert len(np.unique(columns)) == len(columns)
    assert (gain[rows, columns] >= least).all()
