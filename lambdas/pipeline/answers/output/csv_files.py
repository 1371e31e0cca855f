"""A video's answers as CSV files: their names, columns and rows. See docs/answers.md."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers

Row = tuple[object, ...]
"""The values of one line, in the order of the columns."""

_FORMULA = re.compile("[=+\\-@\\t\\r\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that spreadsheets take for a formula: ASCII, and East Asian full width."""


@dataclass(frozen=True)
class CsvFile:
    """One file: its name, its columns and where its rows come from."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[VideoAnswers, Scene], Iterable[Row]]
    needs_floor: bool = False

    @property
    def header(self) -> str:
        """The first line, without its end."""
        return ",".join(self.columns)

    def text(self, answers: VideoAnswers, scene: Scene) -> str:
        """The whole file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(map(_inert, self.rows(answers, scene)))
        return text.getvalue()


def _inert(row: Row) -> Row:
    """The row with an apostrophe before each text that a spreadsheet would run as a formula."""
    return tuple(f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value for value in row)


CSV_FILES = (
    CsvFile(
        "visits.csv",
        ("zone", "person", "enter_ms", "leave_ms", "dwell_ms", "began", "ended"),
        lambda answers, _: (
            (
                visit.zone,
                visit.person,
                visit.enter_ms,
                visit.leave_ms,
                visit.dwell_ms,
                visit.began,
                visit.ended,
            )
            for visit in answers.visits()
        ),
    ),
    CsvFile(
        "crossings.csv",
        ("line", "person", "at_ms", "direction"),
        lambda answers, _: (
            (crossing.line, crossing.person, crossing.at_ms, crossing.direction)
            for crossing in answers.crossings()
        ),
    ),
    CsvFile(
        "occupancy.csv",
        ("zone", "at_ms", "people"),
        lambda answers, scene: (
            (row.zone, row.at_ms, row.people)
            for row in answers.occupancy([zone.name for zone in scene.zones])
        ),
    ),
    CsvFile(
        "flow.csv",
        ("from", "to", "count"),
        lambda answers, _: ((flow.origin, flow.destination, flow.count) for flow in answers.flow()),
    ),
    CsvFile(
        "movement.csv",
        ("person", "metres", "seconds", "mean_metres_per_second", "top_metres_per_second"),
        lambda answers, _: (
            (
                movement.person,
                f"{movement.metres:.2f}",
                f"{movement.seconds:.3f}",
                *(
                    "" if speed is None else f"{speed:.2f}"
                    for speed in (movement.mean_speed, movement.top_speed)
                ),
            )
            for movement in answers.movements()
        ),
        needs_floor=True,
    ),
    CsvFile(
        "approaches.csv",
        ("person", "other", "at_ms", "metres"),
        lambda answers, _: (
            (approach.person, approach.other, approach.at_ms, f"{approach.metres:.2f}")
            for approach in answers.approaches()
        ),
        needs_floor=True,
    ),
)
"""All of them, in the order in which they are listed."""
