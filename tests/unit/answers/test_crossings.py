"""Crossings of lines: direction, instants, rings, and jitter."""

from __future__ import annotations

from collections import Counter
from math import cos, pi
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers.geometry.plane import Position, edges_of, inside
from pipeline.answers.geometry.walk import Walk
from pipeline.answers.person import Crossing
from tests.unit.answers.walks import (
    SHARP,
    WIDTH,
    Record,
    crude_places,
    jittering_people,
    path,
    people,
    polygons,
    questions_of,
    swaying,
    walking,
    zone,
)

DOOR = [(0.5, 0.2), (0.5, 0.8)]
anyone = people() | people(crude_places) | jittering_people()


def crossings_of(
    records: list[Record], points: list[Position] = DOOR, side: str = "left", **members: Any
) -> list[Crossing]:
    line = {"name": "door", "points": points, "in": side}
    return questions_of(lines=[line], **members).answers_of(3, records).crossings


def test_in_is_towards_the_side_that_is_in_seen_along_the_line() -> None:
    # The line goes down the picture: its left is the picture's right.
    rightwards = path((0.4, 0.5), (0.6, 0.5), step=1000)
    assert crossings_of(rightwards) == [Crossing("door", 3, 500, "in")]
    assert crossings_of(rightwards, side="right") == [Crossing("door", 3, 500, "out")]
    assert crossings_of(rightwards, DOOR[::-1]) == [Crossing("door", 3, 500, "out")]
    assert crossings_of(path((0.6, 0.5), (0.4, 0.5), step=1000)) == [Crossing("door", 3, 500, "out")]


def test_a_path_past_the_end_of_a_line_does_not_cross_it() -> None:
    assert crossings_of(walking((0.3, 0.9), (0.7, 0.9), 5)) == []


def test_going_round_the_end_and_through_again_is_in_twice() -> None:
    round_and_through = path(
        (0.4, 0.5), (0.6, 0.5), (0.6, 0.9), (0.4, 0.9), (0.4, 0.5), (0.6, 0.5), step=1500
    )
    assert [crossing.direction for crossing in crossings_of(round_and_through)] == ["in", "in"]


@pytest.mark.parametrize("edge", [{}, SHARP], ids=["hysteresis", "sharp"])
@pytest.mark.parametrize(
    "points",
    [
        [(0.5, 0.25), (0.5, 0.5), (0.5, 0.75)],
        [(0.375, 0.25), (0.5, 0.5), (0.375, 0.75)],
        [(0.25, 0.5), (0.5, 0.5), (0.5, 0.75), (0.75, 0.75)],
        [(0.5, 0.5), (0.5, 0.75)],
    ],
)
def test_a_path_through_or_on_a_corner_crosses_once_or_not_at_all(
    points: list[Position], edge: dict[str, Any]
) -> None:
    for x in (0.125, 0.875):
        stops = [(x, 0.5), (0.5, 0.5), (0.5, 0.5), (1 - x, 0.5)]
        through = len(crossings_of(path(*stops, step=2000), points, **edge))
        assert through <= 1
        assert len(crossings_of(path(stops[0], stops[-1], step=2000), points, **edge)) == through
        touching = [stops[0], (0.5, 0.5), stops[0]]
        there_and_back = crossings_of(path(*touching, step=2000), points, **edge)
        assert sorted(crossing.direction for crossing in there_and_back) in ([], ["in", "out"])


@pytest.mark.parametrize("period", [0.2, 0.7, 4, 20])
def test_one_who_sways_on_a_line_has_not_crossed_it(period: float) -> None:
    sway = swaying(lambda t: (0.5 + 0.4 * WIDTH * cos(2 * pi * t / period), 0.5), 2 * period + 0.03)
    # It begins and ends on the same side.
    assert crossings_of(sway) == []
    assert len(crossings_of(sway, **SHARP)) == 4


def test_one_who_sways_on_a_line_and_goes_on_has_crossed_it_once() -> None:
    sway = swaying(lambda t: (0.45 + t / 200 + 0.4 * WIDTH * cos(5 * t), 0.5), 20)
    assert [crossing.direction for crossing in crossings_of(sway)] == ["in"]
    assert len(crossings_of(sway, **SHARP)) > 5


@pytest.mark.parametrize("edge", [{}, SHARP], ids=["hysteresis", "sharp"])
@given(records=anyone, polygon=polygons())
def test_crossings_of_a_ring_balance_with_who_is_within(
    edge: dict[str, Any], records: list[Record], polygon: list[Position]
) -> None:
    # Clockwise as seen: within is to the right.
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True))
    inner = "right" if area > 0 else "left"
    ring = {"name": "ring", "points": [*polygon, polygon[0]], "in": inner}
    answers = questions_of(zones=[zone("z", *polygon)], lines=[ring], **edge).answers_of(0, records)
    crossed = {"in": Counter[int](), "out": Counter[int]()}
    for crossing in answers.crossings:
        crossed[crossing.direction][crossing.at_ms] += 1
    # Every end of a visit at the edge is a crossing; others are of visits too brief to be one.
    assert crossed["in"] >= Counter(visit.enter_ms for visit in answers.visits if visit.began == "crossed")
    assert crossed["out"] >= Counter(visit.leave_ms for visit in answers.visits if visit.ended == "crossed")
    walk = Walk(records, "feet", 3000)
    within = [
        [inside(edges_of(polygon, True), walk.xs[row], walk.ys[row]) for row in span] for span in walk.spans
    ]
    assert crossed["in"].total() - crossed["out"].total() == sum(end - begin for begin, end in within)


@given(anyone, st.lists(crude_places, min_size=2, max_size=2, unique=True))
def test_a_line_turned_round_counts_the_same_the_other_way(
    records: list[Record], points: list[Position]
) -> None:
    forth = crossings_of(records, points)
    back = crossings_of(records, points[::-1], side="right")
    assert forth == back
