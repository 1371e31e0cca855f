"""Simplifying a path: which boxes are kept, and how far the others lie from them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.path.points import Point, rounded
from pipeline.path.simplification import SwingingDoor, simplified
from pipeline.path.time_in_view import SHORTEST_GAP_MILLIS
from tests.unit.pipeline.walks import farthest, random_walk

_TOLERANCE = 0.004
_ratios = st.floats(-1, 2)
spans = st.lists(st.tuples(_ratios, _ratios, _ratios, _ratios), min_size=1, max_size=60).flatmap(
    lambda boxes: st.lists(st.integers(1, SHORTEST_GAP_MILLIS), min_size=len(boxes), max_size=len(boxes)).map(
        lambda gaps: [(sum(gaps[: n + 1]), *box) for n, box in enumerate(boxes)]
    )
)


def _through_the_door(span: list[Point]) -> list[Point]:
    simplifier = SwingingDoor(span[0], _TOLERANCE)
    kept = [span[0], *(kept for point in span[1:] if (kept := simplifier.add(point)) is not None)]
    return kept if simplifier.last is kept[-1] else [*kept, simplifier.last]


@given(spans)
def test_every_box_the_door_drops_lies_within_the_tolerance(span: list[Point]) -> None:
    kept = _through_the_door(span)
    assert [point for point in span if point in kept] == kept
    assert (kept[0], kept[-1]) == (span[0], span[-1])
    assert farthest(span, kept) <= _TOLERANCE * 1.001


@given(spans, st.integers(2, 70))
def test_the_distance_returned_is_that_of_the_farthest_box_dropped(span: list[Point], most: int) -> None:
    (kept,), distance = simplified([span], most)
    assert len(kept) <= most
    assert [point for point in span if point in kept] == kept
    assert (kept[0], kept[-1]) == (span[0], span[-1])
    assert farthest(span, kept) == pytest.approx(distance, abs=1e-9)


@given(spans)
def test_no_more_boxes_are_kept_than_the_tolerance_needs(span: list[Point]) -> None:
    (kept,), distance = simplified([span], 1000, _TOLERANCE)
    assert distance <= _TOLERANCE
    if len(kept) > 2:
        assert simplified([span], len(kept) - 1)[1] > _TOLERANCE


def test_a_straight_walk_needs_its_ends_only() -> None:
    walk = [(100 * k, k / 1000, 0.2, 0.1, 0.4) for k in range(500)]
    assert simplified([walk], 100, 0.001) == ([[walk[0], walk[-1]]], pytest.approx(0, abs=1e-9))
    assert _through_the_door(walk) == [walk[0], walk[-1]]


@pytest.mark.parametrize("most", [4, 5, 20, 200])
def test_boxes_are_kept_where_they_matter_most(most: int) -> None:
    still = [(100 * k, 0.5, 0.5, 0.1, 0.2) for k in range(300)]
    walk = random_walk(300, start=60_000)
    (of_still, of_walk), _ = simplified([still, walk], most)
    assert len(of_still) == 2
    assert len(of_walk) == most - 2


@pytest.mark.parametrize("most", [2, 3, 7])
def test_where_ends_do_not_fit_the_shortest_gaps_are_closed(most: int) -> None:
    walk = random_walk(40)
    pieces = [walk[place : place + 4] for place in range(0, 40, 4)]
    far = [(point[0] + 600_000, *point[1:]) for point in walk]
    kept, _ = simplified([*pieces, far], most)
    assert sum(map(len, kept)) <= most
    assert (kept[0][0], kept[-1][-1]) == (walk[0], far[-1])
    if most > 3:
        assert kept[-1][0] == far[0]
    assert all(before[-1][0] < after[0][0] for before, after in pairwise(kept))


def test_no_spans_stay_none() -> None:
    assert simplified([], 10) == ([], 0.0)


def test_points_are_rounded_to_a_millionth_of_the_frame() -> None:
    assert rounded((7, 1 / 3, 0.1, 2 / 3, 1e-9)) == (7, 0.333333, 0.1, pytest.approx(0.666667), 0.0)
