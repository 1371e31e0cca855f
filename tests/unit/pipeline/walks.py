"""Paths for tests, and how far a simplified one is from the whole."""

from __future__ import annotations

import random

from pipeline.path.points import Point


def random_walk(count: int, seed: int = 1, every: int = 66, start: int = 0) -> list[Point]:
    """A walk of `count` boxes, one every `every` ms from `start` on."""
    rng = random.Random(seed)
    x, y = 0.5, 0.5
    walk: list[Point] = []
    for number in range(count):
        x, y = x + rng.gauss(0, 0.003), y + rng.gauss(0, 0.003)
        walk.append((start + number * every, x, y, 0.05, 0.2))
    return walk


def farthest(points: list[Point], kept: list[Point]) -> float:
    """The largest difference between a point and the kept ones interpolated at its time."""
    if len(kept) == 1:
        return max(abs(a - b) for point in points for a, b in zip(point, kept[0], strict=True))
    worst, span = 0.0, 0
    for point in points:
        while kept[span + 1][0] < point[0]:
            span += 1
        begin, end = kept[span], kept[span + 1]
        part = (point[0] - begin[0]) / (end[0] - begin[0])
        worst = max([worst, *(abs(begin[i] + part * (end[i] - begin[i]) - point[i]) for i in (1, 2, 3, 4))])
    return worst
