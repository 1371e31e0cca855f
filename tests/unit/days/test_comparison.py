"""Two periods of a scene compared."""

from __future__ import annotations

import pytest

from tests.unit.days.figures_read import line_hour, zone_hour
from tools.page.days.comparison import Row, cautions, compared
from tools.page.days.figures import Figures, Read, figures_of
from tools.page.days.period import period_of


def figures(day: str, hours: int, visits: int, minutes: float = 60) -> Figures:
    """A day with so many hours of video, each with so many visits."""
    names = [f"{day}T{10 + hour}:00+01:00" for hour in range(hours)]
    read = Read(
        zone_hours={"till": [zone_hour(name, visits, minutes=minutes) for name in names]},
        line_hours={"door": [line_hour(name, visits, 1, minutes=minutes) for name in names]},
    )
    return figures_of(period_of(day, day, "Europe/Berlin"), read)


def row(rows: list[Row], place: str, figure: str) -> Row:
    return next(each for each in rows if (each.place, each.figure) == (place, figure))


def test_each_figure_has_its_change() -> None:
    rows = compared(figures("2026-11-20", 4, 6), figures("2026-11-13", 4, 4))
    visits = row(rows, "till", "visits")
    assert (visits.now, visits.before, visits.change, visits.percent) == (24, 16, 8, 50)
    assert row(rows, "door", "out").change == 0
    assert cautions(figures("2026-11-20", 4, 6), figures("2026-11-13", 4, 4)) == []


def test_with_fewer_hours_of_video_counts_fall_but_rates_compare() -> None:
    now, before = figures("2026-11-20", 2, 10), figures("2026-11-13", 8, 5)
    rows = compared(now, before)
    assert row(rows, "till", "visits").percent == -50
    rate = row(rows, "till", "visits per hour of video")
    assert (rate.now, rate.before, rate.percent) == (10, 5, 100)
    assert cautions(now, before) == [
        "2.0 hours of video against 8.0: compare what is an hour of video, not the counts."
    ]


def test_little_video_is_said() -> None:
    now, before = figures("2026-11-20", 1, 1, minutes=6), figures("2026-11-13", 1, 1, minutes=6)
    assert cautions(now, before) == [
        "0.10 hours of video are little: what is an hour of video is extrapolated."
    ]
    assert row(compared(now, before), "till", "visits per hour of video").now == pytest.approx(10)


def test_nothing_is_compared_with_a_period_without_video() -> None:
    now, before = figures("2026-11-20", 3, 2), figures("2026-11-13", 0, 0)
    visits = row(compared(now, before), "till", "visits")
    assert (visits.now, visits.before, visits.change, visits.percent) == (6, None, None, None)
    assert row(compared(now, before), "till", "visits per hour of video").before is None
    assert cautions(now, before) == ["One of the periods has no video: there is nothing to compare with."]
    assert cautions(before, before) == ["Neither period has video."]


def test_a_change_from_nothing_has_no_percentage() -> None:
    rows = compared(figures("2026-11-20", 1, 3), figures("2026-11-13", 1, 0))
    assert (row(rows, "till", "visits").change, row(rows, "till", "visits").percent) == (3, None)
