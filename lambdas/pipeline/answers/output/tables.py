"""The files under `answers/`: their tables, columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.answers.output.hours import duration_of, line_hours, zone_hours
from pipeline.answers.scenes.clock import Clock
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers

PREFIX = "answers/"
"""Where the files are in the results bucket."""

Row = tuple[str, dict[str, Any]]
"""The day of the camera's clock (`2026-11-20`) that a row is of, and the row."""


@dataclass(frozen=True)
class Answered:
    """A video's answers, and what places them in time."""

    video_id: str
    key: str
    scene: Scene
    clock: Clock
    answers: VideoAnswers
    duration_ms: int | None

    @property
    def shown_ms(self) -> int:
        """The video's duration, at least to the last moment that an answer is about."""
        return duration_of(self.answers, self.duration_ms)


@dataclass(frozen=True)
class Table:
    """One table: its columns with Athena's types, and where its rows come from.

    `counts`: whether it names no person, so that a scene that keeps counts only has it.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Answered], Iterable[Row]]
    counts: bool = True


def key_of(table: str, scene_id: str, day: str, video_id: str) -> str:
    """The key of one video's rows of one day."""
    return f"{PREFIX}{table}/scene={scene_id}/day={day}/{video_id}.jsonl"


def _row(answered: Answered, at: str, values: dict[str, Any]) -> Row:
    return at[:10], {"video_id": answered.video_id, "key": answered.key, **values}


def _visits(answered: Answered) -> Iterator[Row]:
    for visit in answered.answers.visits():
        entered = answered.clock.text(visit.enter_ms)
        yield _row(
            answered,
            entered,
            {
                "zone": visit.zone,
                "person": visit.person,
                "entered_at": entered,
                "left_at": answered.clock.text(visit.leave_ms),
                "enter_ms": visit.enter_ms,
                "leave_ms": visit.leave_ms,
                "dwell_ms": visit.dwell_ms,
                "began": visit.began,
                "ended": visit.ended,
            },
        )


def _crossings(answered: Answered) -> Iterator[Row]:
    for crossing in answered.answers.crossings():
        at = answered.clock.text(crossing.at_ms)
        values = {"line": crossing.line, "person": crossing.person, "crossed_at": at}
        yield _row(answered, at, {**values, "at_ms": crossing.at_ms, "direction": crossing.direction})


def _occupancy(answered: Answered) -> Iterator[Row]:
    for step in answered.answers.occupancy([zone.name for zone in answered.scene.zones]):
        since = answered.clock.text(step.at_ms)
        yield _row(
            answered,
            since,
            {"zone": step.zone, "since": since, "at_ms": step.at_ms, "people": step.people},
        )


def _flow(answered: Answered) -> Iterator[Row]:
    for flow in answered.answers.flow():
        values = {"origin": flow.origin, "destination": flow.destination, "steps": flow.count}
        yield _row(answered, answered.clock.text(0), values)


def _movement(answered: Answered) -> Iterator[Row]:
    for movement in answered.answers.movements():
        mean, top = movement.mean_speed, movement.top_speed
        values = {
            "person": movement.person,
            "metres": round(movement.metres, 2),
            "seconds": round(movement.seconds, 3),
            "mean_metres_per_second": None if mean is None else round(mean, 2),
            "top_metres_per_second": None if top is None else round(top, 2),
        }
        yield _row(answered, answered.clock.text(0), values)


def _approaches(answered: Answered) -> Iterator[Row]:
    for approach in answered.answers.approaches():
        at = answered.clock.text(approach.at_ms)
        values = {"person": approach.person, "other": approach.other, "at": at, "at_ms": approach.at_ms}
        yield _row(answered, at, {**values, "metres": round(approach.metres, 2)})


def _zone_hours(answered: Answered) -> Iterator[Row]:
    for row in zone_hours(answered.answers, answered.scene, answered.clock, answered.shown_ms):
        yield _row(
            answered,
            row.hour,
            {
                "zone": row.zone,
                "hour": row.hour,
                "observed_ms": row.observed_ms,
                "visits": row.visits,
                "paths": row.paths,
                "dwell_ms": row.dwell_ms,
                "most_people": row.most_people,
            },
        )


def _line_hours(answered: Answered) -> Iterator[Row]:
    for row in line_hours(answered.answers, answered.scene, answered.clock, answered.shown_ms):
        values = {"line": row.line, "hour": row.hour, "observed_ms": row.observed_ms}
        yield _row(answered, row.hour, {**values, "went_in": row.into, "went_out": row.out})


def _columns(text: str) -> tuple[tuple[str, str], ...]:
    """`zone person:int …` with the two of every table before; a column without a type is text."""
    named = [column.partition(":") for column in f"video_id key {text}".split()]
    return tuple((name, kind or "string") for name, _, kind in named)


TABLES = (
    Table(
        "visits",
        _columns(
            "zone person:int entered_at left_at enter_ms:bigint leave_ms:bigint dwell_ms:bigint began ended"
        ),
        _visits,
        counts=False,
    ),
    Table(
        "crossings", _columns("line person:int crossed_at at_ms:bigint direction"), _crossings, counts=False
    ),
    Table("occupancy", _columns("zone since at_ms:bigint people:int"), _occupancy),
    Table("flow", _columns("origin destination steps:int"), _flow),
    Table(
        "movement",
        _columns(
            "person:int metres:double seconds:double mean_metres_per_second:double "
            "top_metres_per_second:double"
        ),
        _movement,
        counts=False,
    ),
    Table(
        "approaches",
        _columns("person:int other:int at at_ms:bigint metres:double"),
        _approaches,
        counts=False,
    ),
    Table(
        "zone_hours",
        _columns("zone hour observed_ms:bigint visits:int paths:int dwell_ms:bigint most_people:int"),
        _zone_hours,
    ),
    Table("line_hours", _columns("line hour observed_ms:bigint went_in:int went_out:int"), _line_hours),
)
