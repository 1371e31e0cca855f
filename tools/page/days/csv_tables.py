"""The figures as CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable

from tools.page.days.comparison import Row, rate
from tools.page.days.figures import BANDS, Figures

NO_VIDEO = "no video"
"""In place of a count where the hour has no video."""

_Line = tuple[object, ...]

_BANDS = (
    *(f"from_{begin}_to_{end}_s" for begin, end in zip((0, *BANDS), BANDS, strict=False)),
    f"from_{BANDS[-1]}_s",
)


def _zone_hours(figures: Figures) -> Iterable[_Line]:
    yield ("zone", "hour", "minutes_of_video", "paths", "visits")
    for zone in figures.zones:
        rows = zip(
            figures.hours, figures.filmed_by_hour, zone.paths_by_hour, zone.visits_by_hour, strict=True
        )
        for hour, filmed, paths, visits in rows:
            yield (_inert(zone.name), hour, _minutes(filmed), _counted(paths), _counted(visits))


def _line_hours(figures: Figures) -> Iterable[_Line]:
    yield ("line", "hour", "minutes_of_video", "in", "out")
    for line in figures.lines:
        rows = zip(figures.hours, figures.filmed_by_hour, line.in_by_hour, line.out_by_hour, strict=True)
        for hour, filmed, went_in, out in rows:
            yield (_inert(line.name), hour, _minutes(filmed), _counted(went_in), _counted(out))


def _dwell(figures: Figures) -> Iterable[_Line]:
    yield (
        "zone",
        "hours_of_video",
        "visits",
        "visits_per_hour_of_video",
        "paths",
        "median_dwell_ms",
        "longest_dwell_ms",
        "mean_dwell_ms",
        *_BANDS,
    )
    for zone in figures.zones:
        yield (
            _inert(zone.name),
            round(zone.filmed_ms / 3_600_000, 3),
            zone.visits,
            _rounded(rate(zone.visits, zone.filmed_ms)),
            zone.paths,
            zone.dwell.median_ms,
            zone.dwell.longest_ms,
            zone.dwell.mean_ms,
            *zone.dwell.bands,
        )


def _flow(figures: Figures) -> Iterable[_Line]:
    yield ("from", "to", "count")
    for origin, destination, count in figures.flow:
        yield (_inert(origin), _inert(destination), count)


TABLES: dict[str, Callable[[Figures], Iterable[_Line]]] = {
    "zones-by-hour": _zone_hours,
    "lines-by-hour": _line_hours,
    "dwell": _dwell,
    "flow": _flow,
}
"""By the name of the file."""


def table_text(name: str, figures: Figures) -> str:
    """One of TABLES as text."""
    return _text(TABLES[name](figures))


def comparison_text(rows: Iterable[Row]) -> str:
    """The comparison of two periods as text."""
    header = ("kind", "name", "figure", "this_period", "other_period", "change", "percent")
    lines = (
        (
            row.kind,
            _inert(row.place),
            f"{row.figure}, ms" if row.unit == "ms" else row.figure,
            *map(_rounded, (row.now, row.before, row.change, row.percent)),
        )
        for row in rows
    )
    return _text([header, *lines])


def _text(lines: Iterable[_Line]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _inert(name: str) -> str:
    """A name that spreadsheets take for text: one that begins like a formula has an apostrophe before it."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


def _counted(count: int | None) -> object:
    return NO_VIDEO if count is None else count


def _minutes(millis: int) -> float:
    return round(millis / 60_000, 2)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
