"""When a path is in a region."""

from __future__ import annotations

import pytest

from reader.people_pathing_reader import Point, Region
from reader.people_pathing_reader.crossing import visits

MIDDLE = Region(0.4, 0.4, 0.2, 0.2)


def feet(ms: int, x: float, y: float) -> Point:
    return Point(ms, x - 0.05, y - 0.2, 0.1, 0.2)


def test_each_stay_is_a_visit() -> None:
    path = [feet(n * 100, x, 0.5) for n, x in enumerate([0.1, 0.45, 0.5, 0.9, 0.9, 0.55, 0.1])]
    assert visits(path, MIDDLE) == ((100, 200), (500, 500))


def test_one_who_passes_between_two_reports_was_there() -> None:
    assert visits([feet(0, 0.3, 0.5), feet(400, 0.7, 0.5)], MIDDLE) == ((100, 300),)


def test_one_who_passes_beside_was_not() -> None:
    assert visits([feet(0, 0.3, 0.5), feet(400, 0.5, 0.9)], MIDDLE) == ()


def test_nothing_is_said_of_an_absence() -> None:
    assert visits([feet(0, 0.3, 0.5), feet(1001, 0.7, 0.5)], MIDDLE) == ()
    assert visits([feet(0, 0.5, 0.5), feet(5000, 0.5, 0.5)], MIDDLE) == ((0, 0), (5000, 5000))


def test_where_reports_are_rare_the_way_between_two_of_them_counts() -> None:
    path = [feet(0, 0.3, 0.5), feet(2000, 0.5, 0.5), feet(4000, 0.7, 0.5), feet(8000, 0.5, 0.5)]
    assert visits(path, MIDDLE, gap_ms=3000) == ((2000, 2000), (8000, 8000))
    assert visits([path[0], path[2]._replace(ms=2000)], MIDDLE, gap_ms=3000) == ((500, 1500),)


def test_the_edge_belongs_to_the_region() -> None:
    assert visits([feet(0, 0.4, 0.6)], Region(0.4, 0.4, 0.2, 0.2 + 1e-9)) == ((0, 0),)


@pytest.mark.parametrize(("whole", "found"), [(True, ((0, 0),)), (False, ())])
def test_the_whole_box_may_count(whole: bool, found: tuple[tuple[int, int], ...]) -> None:
    assert visits([feet(0, 0.5, 0.7)], MIDDLE, whole_box=whole) == found


def test_of_no_points_there_are_no_visits() -> None:
    assert visits([], MIDDLE) == ()
