"""The report's tables of zones, lines and flow, complete without its script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.answers.output.minutes import busiest_minute
from pipeline.answers.person import Visit
from pipeline.answers.video import Flow
from pipeline.report.answers.time_of_day import TimeOfDay
from pipeline.report.outside_text import escaped
from shared.quantities import count, duration

_SHADES = 5
"""Of cells of the flow, the darkest for the most frequent step."""

_ZONE_COLUMNS = ("Zone", "Paths", "Visits", "Median dwell", "Longest", "Busiest minute")


def zones_table(zones: Sequence[Mapping[str, Any]], visits: Sequence[Visit], times: TimeOfDay) -> str:
    """A row a zone.

    Args:
        zones: of the answers in short, in the scene's order.
        visits: to all zones.
        times: of day, or of the video.
    """
    rows = []
    for number, zone in enumerate(zones):
        here = [visit for visit in visits if visit.zone == zone["Name"]]
        busiest = busiest_minute(here, times.into_minute_ms)
        cells = [str(zone["Paths"]), str(zone["Visits"])]
        if busiest is None:
            cells += ["–", "–", "–"]
        else:
            cells += [duration(zone["MedianDwellMillis"]), duration(zone["LongestDwellMillis"])]
            paths = count(busiest.paths, "path", "paths")
            cells.append(f"{times.minute(busiest.begin_ms)} <small>{paths}</small>")
        rows.append(_row(f'<i class="swatch" data-zone="{number}"></i>{_name(zone["Name"])}', cells))
    return _table("zones", "Zones: paths, visits and how long they lasted", _ZONE_COLUMNS, rows)


def lines_table(lines: Sequence[Mapping[str, Any]]) -> str:
    """A row a line: how often it was crossed each way."""
    rows = [_row(_name(line["Name"]), [str(line["In"]), str(line["Out"])]) for line in lines]
    return _table("lines", "Lines: crossings each way", ("Line", "In", "Out"), rows)


def flow_table(flow: Sequence[Flow], zones: Sequence[str]) -> str:
    """A row for each zone that anyone came from, a column for each that they went to next."""
    if not flow:
        return '<p class="none">Nobody went from one zone to another.</p>\n'
    counts = {(step.origin, step.destination): step.count for step in flow}
    most = max(counts.values())
    origins = [zone for zone in zones if any(step.origin == zone for step in flow)]
    destinations = [zone for zone in zones if any(step.destination == zone for step in flow)]
    rows = []
    for origin in origins:
        cells = "".join(_cell(counts.get((origin, zone), 0), most) for zone in destinations)
        rows.append(f'<tr><th scope="row">{_name(origin)}</th>{cells}</tr>\n')
    columns = ["From ↓ to →", *(_name(zone) for zone in destinations)]
    return _table("flow", "How often a path went from one zone to another next", columns, rows)


def _cell(number: int, most: int) -> str:
    shade = -(-number * _SHADES // most)
    return f'<td class="shade-{shade}">{number or "–"}</td>'


def _table(name: str, caption: str, columns: Sequence[str], rows: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return (
        f'<div class="wide" id="{name}-table" tabindex="0" role="group" aria-label="{caption}"><table>'
        f'<caption class="hidden">{caption}</caption><thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _row(head: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>\n'


def _name(name: str) -> str:
    return f"<bdi>{escaped(name)}</bdi>"
