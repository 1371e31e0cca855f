"""Days in a row on the clock of a scene's camera, and their hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from pipeline.answers.scenes.clock import Clock
from tools.page.days.messages import bad_day, ends_early, too_long
from tools.page.refusals import RefusedError

MOST_DAYS = 92
"""In one period: three months of hours are what a page can show."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included, in an IANA time zone."""

    first: date
    last: date
    time_zone: str

    @property
    def until(self) -> date:
        """The day after the last."""
        return self.last + timedelta(days=1)

    @property
    def days(self) -> list[date]:
        """Every day."""
        return [self.first + timedelta(days=number) for number in range((self.until - self.first).days)]

    @cached_property
    def hours(self) -> tuple[str, ...]:
        """Every hour of the clock, as answers name them: `2026-11-20T10:00+01:00`.

        A day on which the clock is changed has 23 or 25 of them.
        """
        zone = ZoneInfo(self.time_zone)
        begin, end = (datetime.combine(day, time(), zone) for day in (self.first, self.until))
        clock, at = Clock(begin, "key"), 0
        found = []
        while at < (end.astimezone(UTC) - begin.astimezone(UTC)) // _MILLISECOND:
            hour, at = clock.hour(at)
            found.append(hour)
        return tuple(found)

    def hour_of(self, hour: str) -> str:
        """The hour of this clock in which an hour begins that a clock of any offset has shown."""
        at = datetime.fromisoformat(hour).astimezone(ZoneInfo(self.time_zone))
        return at.replace(minute=0).isoformat(timespec="minutes")


def period_of(first: str, last: str, time_zone: str) -> Period:
    """The period between two days, each as `2026-11-20`. Raises RefusedError."""
    period = Period(_day(first), _day(last), time_zone)
    if period.last < period.first:
        raise RefusedError(ends_early(first, last))
    count = (period.until - period.first).days
    if count > MOST_DAYS:
        raise RefusedError(too_long(count, MOST_DAYS))
    return period


def _day(text: str) -> date:
    try:
        if re.fullmatch(r"[12]\d{3}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RefusedError(bad_day(text))
