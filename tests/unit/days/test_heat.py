"""The time of all paths in each cell of a grid."""

from __future__ import annotations

import numpy as np
import pytest

from reader.people_pathing_reader import Person, Point
from tools.page.days.heat import COLUMNS, Heat, add_time, seen_between, shares

ROWS = 90


def person(*path: tuple[int, float, float], seconds_seen: float | None = None) -> Person:
    """Someone whose feet were at (ms, x, y)."""
    points = tuple(Point(ms, x - 0.05, y - 0.2, 0.1, 0.2) for ms, x, y in path)
    last = points[-1].ms
    return Person(0, 0, last, 9, last / 1000 if seconds_seen is None else seconds_seen, 0, None, points, "")


def heated(someone: Person) -> np.ndarray:
    cells = np.zeros(ROWS * COLUMNS)
    add_time(cells, ROWS, someone, 1000)
    return cells.reshape(ROWS, COLUMNS)


def test_someone_who_stands_heats_one_cell_for_as_long() -> None:
    cells = heated(person((0, 0.503, 0.503), (8_000, 0.503, 0.503)))
    assert cells[45, 80] == 8_000
    assert cells.sum() == 8_000


def test_someone_who_walks_spends_their_time_along_the_way() -> None:
    cells = heated(person((0, 0.1, 0.503), (10_000, 0.9, 0.503)))
    assert cells.sum() == pytest.approx(10_000)
    assert cells[45, 16:144].min() > 0
    assert cells[44].sum() == 0


def test_what_is_outside_the_picture_is_left_out() -> None:
    cells = heated(person((0, 0.5, 0.9), (10_000, 0.5, 1.1)))
    assert cells.sum() == pytest.approx(5_000, rel=0.1)


def test_an_absence_heats_nothing() -> None:
    away = person((0, 0.2, 0.5), (4_000, 0.2, 0.5), (34_000, 0.8, 0.5), (40_000, 0.8, 0.5), seconds_seen=10.0)
    assert heated(away).sum() == pytest.approx(10_000)
    assert seen_between(away.path, away.seconds_seen, 1000) == [4_000, 0, 6_000]


def test_standing_still_is_no_absence() -> None:
    still = person(
        (0, 0.2, 0.5), (60_000, 0.2, 0.5), (64_000, 0.5, 0.5), (68_000, 0.5, 0.5), seconds_seen=64.0
    )
    assert seen_between(still.path, still.seconds_seen, 1000)[0] == 60_000


@pytest.mark.parametrize("path", [(), ((0, 0.5, 0.5),)])
def test_a_path_of_less_than_two_points_heats_nothing(path: tuple[tuple[int, float, float], ...]) -> None:
    cells = np.zeros(ROWS * COLUMNS)
    someone = Person(0, 0, 0, 1, 0, 1, None, tuple(Point(ms, x, y, 0.1, 0.2) for ms, x, y in path), "")
    add_time(cells, ROWS, someone, 1000)
    assert not cells.any()


def test_the_shares_of_the_parts_of_the_picture_are_all_of_it() -> None:
    cells = np.zeros((ROWS, COLUMNS))
    cells[0, 0], cells[89, 159] = 300, 100
    heat = Heat(COLUMNS, ROWS, tuple(int(each) for each in cells.ravel()), 2, 1, 0, 0)
    assert shares(heat) == [[75.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 25.0]]
