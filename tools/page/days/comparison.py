"""Two periods of a scene, figure by figure.

Counts of periods with unequal hours of video do not compare: each count also stands as a rate, per hour of
video.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tools.page.days.figures import Figures, LineFigures, ZoneFigures
from tools.page.days.messages import NEITHER_FILMED, ONE_NOT_FILMED, little_video, unequal_hours

HOUR_MS = 3_600_000

Unit = Literal["hours", "count", "rate", "ms"]
"""`rate` is of an hour of video."""

_UNEQUAL = 0.01
"""How far apart hours of video may be, as a ratio, for counts to compare."""


@dataclass(frozen=True)
class Row:
    """One figure of both periods.

    Attributes:
        place: the name of the zone or line; "" for the scene.
        now, before: the figure in each period, None where that has no video of the place or no such figure.
        change: now - before, None where one is missing.
        percent: of before, None where that is 0 or one is missing.
    """

    kind: Literal["scene", "zone", "line"]
    place: str
    figure: str
    unit: Unit
    now: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        if self.now is None or self.before is None:
            return None
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        if self.change is None or not self.before:
            return None
        return 100 * self.change / self.before


_Values = dict[str, tuple[Unit, float | None]]


def compared(now: Figures, before: Figures) -> list[Row]:
    """Every figure of the scene, its zones and its lines."""
    hours = Row("scene", "", "hours of video", "hours", now.filmed_ms / HOUR_MS, before.filmed_ms / HOUR_MS)
    rows = [hours]
    for zone, other in zip(now.zones, before.zones, strict=True):
        rows += _rows("zone", zone.name, _of_zone(zone), _of_zone(other))
    for line, earlier in zip(now.lines, before.lines, strict=True):
        rows += _rows("line", line.name, _of_line(line), _of_line(earlier))
    return rows


def cautions(now: Figures, before: Figures) -> list[str]:
    """What is to be known before the two are compared, a sentence each."""
    filmed = [now.filmed_ms, before.filmed_ms]
    if not any(filmed):
        return [NEITHER_FILMED]
    if not all(filmed):
        return [ONE_NOT_FILMED]
    found = []
    if abs(filmed[0] - filmed[1]) > _UNEQUAL * max(filmed):
        found.append(unequal_hours(*map(_hours, filmed)))
    if min(filmed) < HOUR_MS:
        found.append(little_video(_hours(min(filmed))))
    return found


def rate(count: int, filmed_ms: int) -> float | None:
    """Per hour of video; None without video."""
    return count * HOUR_MS / filmed_ms if filmed_ms else None


def _rows(kind: Literal["zone", "line"], place: str, now: _Values, before: _Values) -> Iterator[Row]:
    for figure, (unit, value) in now.items():
        yield Row(kind, place, figure, unit, value, before[figure][1])


def _of_zone(zone: ZoneFigures) -> _Values:
    filmed = zone.filmed_ms > 0
    return {
        "visits": ("count", zone.visits if filmed else None),
        "visits per hour of video": ("rate", rate(zone.visits, zone.filmed_ms)),
        "paths": ("count", zone.paths if filmed else None),
        "median dwell": ("ms", zone.dwell.median_ms),
        "longest dwell": ("ms", zone.dwell.longest_ms),
    }


def _of_line(line: LineFigures) -> _Values:
    filmed = line.filmed_ms > 0
    return {
        "in": ("count", line.went_in if filmed else None),
        "in per hour of video": ("rate", rate(line.went_in, line.filmed_ms)),
        "out": ("count", line.went_out if filmed else None),
        "out per hour of video": ("rate", rate(line.went_out, line.filmed_ms)),
    }


def _hours(millis: int) -> str:
    hours = millis / HOUR_MS
    return f"{hours:,.1f}" if hours >= 1 else f"{hours:.2f}"
