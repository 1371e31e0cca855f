"""What the report's script draws of a scene's answers, and the CSV files that it offers."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pipeline.answers.output.csv_files import CSV_FILES
from pipeline.answers.output.minutes import most_in_each_part
from pipeline.answers.output.tables import Answered
from pipeline.report.answers.time_of_day import TimeOfDay

MOST_ROWS = 20_000
"""Rows of a CSV file in the page, 1 MB; longer ones are left to the files under `answers/`."""

_MOST_PARTS = 600
"""Parts of the video that occupancy is drawn in: more than there are pixels for."""

_SHORTEST_PART_MS = 200

_OFFERED = ("visits.csv", "crossings.csv", "occupancy.csv", "flow.csv")


def answers_block(answered: Answered, times: TimeOfDay) -> dict[str, Any]:
    """The data, in the order of the scene's zones and lines."""
    scene = answered.scene
    steps = answered.answers.occupancy([zone.name for zone in scene.zones])
    parts = min(_MOST_PARTS, max(1, answered.shown_ms // _SHORTEST_PART_MS))
    most = {
        zone: most_in_each_part(list(some), answered.shown_ms, parts)
        for zone, some in groupby(steps, key=lambda step: step.zone)
    }
    return {
        "shown": answered.shown_ms,
        "wall": times.offsets(),
        "zones": [
            {"name": zone.name, "polygon": zone.polygon, "most": most[zone.name]} for zone in scene.zones
        ],
        "lines": [{"name": line.name, "points": line.points, "in": line.inner} for line in scene.lines],
        "csv": csv_texts(answered),
    }


def csv_texts(answered: Answered) -> dict[str, str]:
    """The files by their names, those of `make answers`, without those of more rows than `MOST_ROWS`."""
    found = {}
    for file in CSV_FILES:
        if file.name in _OFFERED:
            text = file.text(answered.answers, answered.scene)
            if text.count("\n") <= MOST_ROWS + 1:
                found[file.name] = text
    return found


def left_out(offered: dict[str, str]) -> list[str]:
    """The files that are too long for the page, by their names."""
    return [name for name in _OFFERED if name not in offered]
