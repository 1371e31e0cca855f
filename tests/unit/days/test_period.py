"""Days on the clock of a camera, and their hours."""

from __future__ import annotations

from datetime import date

import pytest

from tools.page.days.period import MOST_DAYS, Period, period_of
from tools.page.refusals import RefusedError

BERLIN = "Europe/Berlin"


def test_a_day_has_24_hours_with_their_offset() -> None:
    hours = period_of("2026-11-20", "2026-11-20", BERLIN).hours
    assert len(hours) == 24
    assert (hours[0], hours[-1]) == ("2026-11-20T00:00+01:00", "2026-11-20T23:00+01:00")


def test_a_week_has_each_of_its_hours_once_and_in_order() -> None:
    hours = period_of("2026-11-20", "2026-11-26", "UTC").hours
    assert len(set(hours)) == 7 * 24
    assert list(hours) == sorted(hours)


def test_the_day_on_which_clocks_are_set_back_has_25_hours_one_of_them_twice() -> None:
    hours = period_of("2026-10-25", "2026-10-25", BERLIN).hours
    assert len(hours) == 25
    assert hours[2:4] == ("2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00")


def test_the_day_on_which_clocks_are_set_forward_has_23_hours() -> None:
    hours = period_of("2026-03-29", "2026-03-29", BERLIN).hours
    assert len(hours) == 23
    assert hours[1:3] == ("2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00")


def test_a_day_whose_midnight_the_clock_skips_begins_at_one() -> None:
    hours = period_of("2018-11-04", "2018-11-04", "America/Sao_Paulo").hours
    assert len(hours) == 23
    assert hours[0] == "2018-11-04T01:00-02:00"


def test_an_hour_of_another_offset_is_an_hour_of_this_clock() -> None:
    period = Period(date(2026, 11, 20), date(2026, 11, 20), BERLIN)
    assert period.hour_of("2026-11-20T09:00+00:00") == "2026-11-20T10:00+01:00"
    assert period.hour_of("2026-11-20T10:00+05:30") == "2026-11-20T05:00+01:00"


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("2026-11-20", "2026-11-19", "The period ends (2026-11-19) before it begins (2026-11-20)."),
        ("20.11.2026", "2026-11-20", "20.11.2026 is no day: give one as 2026-11-20."),
        ("2026-02-30", "2026-11-20", "2026-02-30 is no day: give one as 2026-11-20."),
        ("", "", "Nothing is no day: give one as 2026-11-20."),
        ("2026-01-01", "2026-11-20", f"The period has 324 days: at most {MOST_DAYS} at once."),
    ],
)
def test_what_is_no_period_is_refused(first: str, last: str, reason: str) -> None:
    with pytest.raises(RefusedError) as raised:
        period_of(first, last, BERLIN)
    assert str(raised.value) == reason
