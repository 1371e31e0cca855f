"""Thinning a path and its bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.path import MOST_POINTS, Outline, Point, rounded

_ratios = st.floats(-0.5, 1.5)
_paths = st.lists(st.tuples(_ratios, _ratios, _ratios, _ratios), max_size=60).map(
    lambda boxes: [(66 * place, *box) for place, box in enumerate(boxes)]
)


def _walk(count: int) -> list[Point]:
    return [
        (1000 * k // 15, 0.5 + 0.4 * math.sin(k / 40), 0.3 + 0.1 * math.cos(k / 7), 0.1, 0.4)
        for k in range(count)
    ]


def _outline(points: list[Point]) -> Outline:
    outline = Outline()
    for point in points:
        outline.add(point)
    return outline


def _farthest(points: list[Point], kept: list[Point]) -> float:
    """The largest difference between a point and the kept ones interpolated at its time."""
    worst, span = 0.0, 0
    for point in points:
        while kept[span + 1][0] < point[0]:
            span += 1
        begin, end = kept[span], kept[span + 1]
        part = (point[0] - begin[0]) / (end[0] - begin[0])
        worst = max([worst, *(abs(begin[i] + part * (end[i] - begin[i]) - point[i]) for i in (1, 2, 3, 4))])
    return worst


def test_a_straight_walk_needs_its_ends_only() -> None:
    walk = [(100 * k, k / 1000, 0.2, 0.1, 0.4) for k in range(500)]
    assert _outline(walk).simplified() == [walk[0], walk[-1]]


def test_a_winding_walk_stays_within_a_thousandth_of_the_frame() -> None:
    walk = _walk(200)
    kept = _outline(walk).simplified()
    assert len(kept) < MOST_POINTS
    assert _farthest(walk, kept) <= 0.001


def test_six_hours_are_at_most_two_hundred_points_with_both_ends() -> None:
    walk = _walk(6 * 3600 * 15)
    kept = _outline(walk).simplified()
    assert len(kept) == MOST_POINTS
    assert (kept[0], kept[-1]) == (walk[0], walk[-1])


@given(_paths)
def test_what_is_kept_are_points_in_order_and_within_the_tolerance(path: list[Point]) -> None:
    kept = _outline(path).simplified()
    assert [point for point in path if point in kept] == kept
    if len(kept) > 1:
        assert _farthest(path, kept) <= 0.001


@given(_paths)
def test_the_hull_holds_every_box(path: list[Point]) -> None:
    bounds = _outline(path).hull()
    if not path:
        assert bounds is None
        return
    assert bounds is not None
    for _, left, top, width, height in path:
        assert left >= bounds["Left"] - 1e-6
        assert top >= bounds["Top"] - 1e-6
        assert left + width <= bounds["Left"] + bounds["Width"] + 3e-6
        assert top + height <= bounds["Top"] + bounds["Height"] + 3e-6


def test_points_are_rounded_to_a_millionth_of_the_frame() -> None:
    assert rounded((7, 1 / 3, 0.1, 2 / 3, 1e-9)) == (7, 0.333333, 0.1, pytest.approx(0.666667), 0.0)
