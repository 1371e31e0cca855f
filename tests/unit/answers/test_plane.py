"""Sides and crossings, exact where a path meets a vertex, runs along an edge or stops on one."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.answers.geometry.plane import (
    Position,
    crossing,
    distance,
    edges_of,
    half_width,
    has_area,
    inside,
    may_cross,
    orientation,
    side,
    touching_edges,
)
from tests.unit.answers.walks import crude_places, places, polygons

any_place = places | crude_places
SQUARE = [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]


@given(any_place, any_place, any_place)
def test_orientation_is_exact(a: Position, b: Position, p: Position) -> None:
    (ax, ay), (bx, by), (px, py) = [(Fraction(x), Fraction(y)) for x, y in (a, b, p)]
    exact = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    assert orientation(*a, *b, *p) == (exact > 0) - (exact < 0)


@pytest.mark.parametrize("tiny", [0.0, 1e-17, -1e-17, 5e-324])
def test_orientation_is_exact_where_floats_round(tiny: float) -> None:
    assert orientation(0.1, 0.1, 0.9, 0.9, 0.3, 0.3 + tiny) == (0.3 + tiny > 0.3) - (0.3 + tiny < 0.3)
    # On a line that floats cannot hold: 0.1 + 0.2 is not 0.3.
    assert orientation(0, 0, 1, 1, 0.1 + 0.2, 0.3) == -1


@given(any_place, any_place, any_place)
def test_a_point_is_on_one_side_and_the_edge_turned_round_has_the_other(
    a: Position, b: Position, p: Position
) -> None:
    assume(a != b)
    assert side((*a, *b), *p) == -side((*b, *a), *p) != 0


@given(polygons(), st.lists(any_place, min_size=2, max_size=8))
def test_a_step_crosses_a_polygon_as_often_as_its_ends_say(
    polygon: list[Position], walk: list[Position]
) -> None:
    edges = edges_of(polygon, closed=True)
    for p, q in itertools.pairwise(walk):
        crossings = [edge for edge in edges if crossing(edge, *p, *q)]
        assert len(crossings) % 2 == (inside(edges, *p) != inside(edges, *q))
        bounds = min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1])
        assert all(may_cross(edge, bounds) for edge in crossings)


@given(polygons(), any_place, st.integers(0, 7))
def test_inside_does_not_depend_on_where_a_polygon_starts_or_which_way_it_goes(
    polygon: list[Position], p: Position, turn: int
) -> None:
    turned = polygon[turn % len(polygon) :] + polygon[: turn % len(polygon)]
    within = inside(edges_of(polygon, True), *p)
    assert inside(edges_of(turned, True), *p) == within
    assert inside(edges_of(polygon[::-1], True), *p) == within


def test_a_crossing_is_where_the_lines_meet() -> None:
    assert crossing((0.5, 0, 0.5, 1), 0.25, 0.5, 1, 0.5) == (pytest.approx(1 / 3), -1)
    assert crossing((0.5, 0, 0.5, 1), 1, 0.5, 0.25, 0.5) == (pytest.approx(2 / 3), 1)
    assert crossing((0.5, 0, 0.5, 0.4), 0.25, 0.5, 1, 0.5) is None


@pytest.mark.parametrize(
    ("points", "touch"),
    [
        (SQUARE, []),
        ([(0, 0), (1, 0.5), (0, 1), (0.5, 0.5)], []),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], [(0, 2)]),
        ([(0, 0), (1, 0), (0.5, 0)], [(0, 1), (0, 2)]),
        ([(0, 0), (1, 0), (1, 1), (0.5, 0), (0, 1)], [(0, 2), (0, 3)]),
    ],
    ids=["square", "concave", "bow tie", "there and back", "a corner on a side"],
)
def test_a_polygon_that_touches_itself_is_seen(points: list[Position], touch: list[tuple[int, int]]) -> None:
    assert list(touching_edges(points, closed=True)) == touch
    assert list(touching_edges(points[::-1], closed=True)) == [] or touch


def test_area_is_exact() -> None:
    assert not has_area([(0.1, 0.1), (0.4, 0.4), (0.2, 0.2)])
    assert has_area([(0.1, 0.1), (0.4, 0.4), (0.2, 0.2 + 1e-16)])
    assert has_area([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_distance_is_in_frame_widths() -> None:
    edges = edges_of(SQUARE, closed=True)
    assert distance(edges, 0.5, 0.5, aspect=1) == pytest.approx(0.25)
    assert distance(edges, 0.5, 0.5, aspect=2) == pytest.approx(0.125)
    assert distance(edges, 0, 0, aspect=1) == pytest.approx(0.25 * 2**0.5)
    assert half_width(edges, aspect=2) == pytest.approx(0.125, rel=0.1)
