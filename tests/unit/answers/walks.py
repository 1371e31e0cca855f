"""Scenes and people to ask about: by hand, and by hypothesis."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from pipeline.answers.geometry.plane import Position, touching_edges
from pipeline.answers.person import Frame, Questions
from pipeline.answers.scenes.scene import Scene, parse_scene
from pipeline.path.points import Box

Record = tuple[int, Box | None]

WIDTH, HEIGHT = 1 / 16, 1 / 4
"""Of everyone's box; exact in binary, so that a place is where it is said to be."""

FRAME = Frame(aspect=16 / 9, duration_ms=3_600_000)
STEP = 67
"""Milliseconds between records, about 15 Hz."""

SHARP: dict[str, Any] = {"edge": {"body_widths": 0, "seconds": 0}}
"""Every crossing counts."""


def scene_of(**members: Any) -> Scene:
    return parse_scene(json.dumps({"version": 1, "name": "test", **members}))


def questions_of(**members: Any) -> Questions:
    return Questions(scene_of(**members), FRAME)


def zone(name: str, *polygon: Position) -> dict[str, Any]:
    return {"name": name, "polygon": polygon}


def rectangle(name: str, left: float, top: float, right: float, bottom: float) -> dict[str, Any]:
    return zone(name, (left, top), (right, top), (right, bottom), (left, bottom))


def standing_at(x: float, y: float, width: float = WIDTH) -> Box:
    """The box of a person whose feet are there."""
    return x - width / 2, y - HEIGHT, width, HEIGHT


def path(*places: Position, step: int = STEP, start: int = 0) -> list[Record]:
    """A record at each place, `step` ms apart."""
    return [(start + number * step, standing_at(x, y)) for number, (x, y) in enumerate(places)]


def walking(begin: Position, end: Position, seconds: float, start: int = 0) -> list[Record]:
    """A straight walk at 15 Hz."""
    count = max(1, round(seconds * 1000 / STEP))
    return path(
        *(
            (begin[0] + (end[0] - begin[0]) * k / count, begin[1] + (end[1] - begin[1]) * k / count)
            for k in range(count + 1)
        ),
        start=start,
    )


def swaying(place: Callable[[float], Position], seconds: float, start: int = 0) -> list[Record]:
    """Someone at `place(seconds)`."""
    times = range(start, start + round(seconds * 1000), STEP)
    return [(time, standing_at(*place((time - start) / 1000))) for time in times]


def seen_ms(records: Sequence[Record], bridge_ms: int = 3000) -> int:
    """The time seen: of each step between two boxes that is short enough to be bridged."""
    times = sorted({time for time, box in records if box is not None})
    steps = [after - before for before, after in itertools.pairwise(times)]
    return sum(step for step in steps if step <= bridge_ms)


eighths = st.integers(0, 8).map(lambda number: number / 8)
"""A coarse grid, so that paths meet vertices, run along edges and stop on them."""

ratios = st.floats(0, 1) | eighths
"""The same, or anything in the picture."""

places = st.tuples(ratios, ratios)

crude_places = st.tuples(eighths, eighths)

steps = st.sampled_from([33, 67, 67, 67, 500, 2900, 5000])


@st.composite
def people(draw: st.DrawFn, places: st.SearchStrategy[Position] = places) -> list[Record]:
    """Anyone: jumps, gaps, boxes of all sizes, records of a face alone."""
    records: list[Record] = []
    time = draw(st.integers(0, 1000))
    for x, y in draw(st.lists(places, min_size=1, max_size=25)):
        records.append((time, standing_at(x, y, draw(st.sampled_from([1 / 128, WIDTH, 0.25])))))
        if draw(st.integers(0, 9)) == 0:
            records.append((time + 10, None))
        time += draw(steps)
    return records


@st.composite
def jittering_people(draw: st.DrawFn) -> list[Record]:
    """Someone who moves by parts of the body at 15 Hz."""
    x, y = draw(places)
    moves = st.floats(-0.03, 0.03)
    found = []
    for dx, dy in draw(st.lists(st.tuples(moves, moves), min_size=1, max_size=60)):
        x, y = min(max(x + dx, 0), 1), min(max(y + dy, 0), 1)
        found.append((x, y))
    return path(*found)


@st.composite
def polygons(draw: st.DrawFn, places: st.SearchStrategy[Position] = crude_places) -> list[Position]:
    """Any simple polygon, concave ones too: a random one is untangled by turning round what crosses."""
    points = draw(st.lists(places, min_size=3, max_size=8, unique=True))
    for _ in range(100):
        tangled = next(touching_edges(points, closed=True), None)
        if tangled is None:
            return points
        one, other = tangled
        points = points[: one + 1] + points[one + 1 : other + 1][::-1] + points[other + 1 :]
        if next(touching_edges(points, closed=True), None) == tangled:
            points = [point for place, point in enumerate(points) if place != other]
        if len(points) < 3:
            break
    return [(0.125, 0.25), (0.75, 0.125), (0.875, 0.875)]


@st.composite
def partitions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Zones that fill the picture and do not overlap: stacked bands with jagged borders, cut in columns."""
    columns = sorted({0.0, 1.0, *draw(st.lists(eighths, max_size=4))})
    borders: list[list[float]] = [[0.0] * len(columns)]
    for _ in range(draw(st.integers(0, 3))):
        above = borders[-1]
        borders.append([draw(st.floats(height, 1)) for height in above])
    borders.append([1.0] * len(columns))
    zones: list[dict[str, Any]] = []
    for upper, lower in itertools.pairwise(borders):
        for column in range(len(columns) - 1):
            corners = [
                (columns[column], upper[column]),
                (columns[column + 1], upper[column + 1]),
                (columns[column + 1], lower[column + 1]),
                (columns[column], lower[column]),
            ]
            corners = [corner for place, corner in enumerate(corners) if corner != corners[place - 1]]
            if len(corners) >= 3 and next(touching_edges(corners, closed=True), None) is None:
                zones.append(zone(str(len(zones)), *corners))
    return zones
