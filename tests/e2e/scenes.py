"""People to draw in reports."""

from __future__ import annotations

import math
import random

from pipeline.path.person_path import PersonPath
from pipeline.path.points import Point


def crossing(index: int, first_ms: int, last_ms: int, height: float) -> PersonPath:
    """Someone who walks from the left edge to the right one at a height of the frame."""
    span: list[Point] = [(first_ms, 0.0, height - 0.3, 0.08, 0.3), (last_ms, 0.92, height - 0.3, 0.08, 0.3)]
    return PersonPath(index, first_ms, last_ms, (last_ms - first_ms) / 1000, 0.92, index % 3, [span])


def three() -> list[PersonPath]:
    """0 from 0 to 8 s at the top, 1 from 4 to 10 s in the middle, 2 from 12 to 20 s at the bottom, away in
    between.
    """
    last = crossing(2, 12_000, 20_000, 0.9)
    (begin, end) = last.spans[0]
    last.spans = [[begin, (14_000, *begin[1:])], [(18_000, *end[1:]), end]]
    return [crossing(0, 0, 8_000, 0.4), crossing(1, 4_000, 10_000, 0.6), last]


def crowd(people: int, seconds: int, points: int) -> list[PersonPath]:
    """Everybody in view all the time, wandering about."""
    rng = random.Random(5)
    made = []
    for index in range(people):
        x, y, way = rng.random(), rng.random(), rng.random() * 6
        span: list[Point] = []
        for n in range(points):
            way += rng.gauss(0, 0.4)
            x, y = (x + math.cos(way) * 0.02) % 1, (y + math.sin(way) * 0.02) % 1
            span.append((n * seconds * 1000 // points, x, y - 0.1, 0.03, 0.12))
        made.append(PersonPath(index, 0, span[-1][0], seconds, points * 0.02, 0, [span]))
    return made
