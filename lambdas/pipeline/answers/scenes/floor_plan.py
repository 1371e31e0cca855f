"""From the picture to metres on the floor: a homography, fitted so that a wrong point does no harm.

The normalised direct linear transformation (Hartley & Zisserman, Multiple View Geometry, 4.4), then
Gauss-Newton on the error in metres. With six points or more, those that contradict the others are found by
the least quantile of squares (Rousseeuw 1984) and left out; with fewer nothing can say which one is wrong.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, hypot, sqrt
from statistics import fmean

from pipeline.answers.geometry.plane import Position
from pipeline.errors import PipelineError

_LEAST = 4
"""Points that a homography needs."""

_LEAST_ROBUST = 6
"""Points from which on a wrong one can be distinguished from the others."""

_MOST_SUBSETS = 500
"""Sets of four points that are tried."""

_DEVIATIONS = 2.5
"""Standard deviations from which on a point is left out."""

_ROUNDING = 1e-6
"""Of the floor's extent: smaller errors are none."""

_SINGULAR = 1e-9
"""A pivot this small, of normalised points: they lie on one line."""

_ROUNDS = 15
"""Of Gauss-Newton, which needs three or four."""

_Matrix = list[float]
"""The nine numbers of a homography, by rows."""


class FloorPlanError(PipelineError, ValueError):
    """The points determine no plan; the text continues "floor"."""


@dataclass(frozen=True)
class Correspondence:
    """One point: ratios of the picture, and metres on the floor."""

    picture: Position
    metres: Position


@dataclass(frozen=True)
class FloorPlan:
    """The map from the picture to the floor.

    Attributes:
        matrix: the homography, by rows.
        front: sign of the denominator in front of the camera's horizon.
        left_out: numbers, from 0, of points that contradict the others.
        rms_metres, worst_metres: error of the points that were used; 0 with four, which always fit.
    """

    matrix: tuple[float, ...]
    front: int
    left_out: tuple[int, ...]
    rms_metres: float
    worst_metres: float

    @classmethod
    def fitted(cls, points: Sequence[Correspondence]) -> FloorPlan:
        """The plan that fits the points best. Raises FloorPlanError."""
        if len(points) < _LEAST:
            raise FloorPlanError(f"needs at least {_LEAST} points, not {len(points)}")
        used = list(range(len(points)))
        if len(points) >= _LEAST_ROBUST:
            used = _consistent(points)
        matrix = _fit([points[number] for number in used])
        if matrix is None:
            raise FloorPlanError("cannot be fitted: too many of its points are on one line or the same")
        matrix = _refined(matrix, [points[number] for number in used])
        signs = {_denominator(matrix, points[number].picture) > 0 for number in used}
        if len(signs) != 1:
            raise FloorPlanError("cannot be fitted: its points lie on both sides of the horizon")
        errors = [_error(matrix, points[number]) for number in used]
        return cls(
            matrix=tuple(matrix),
            front=1 if signs.pop() else -1,
            left_out=tuple(number for number in range(len(points)) if number not in used),
            rms_metres=sqrt(fmean(error * error for error in errors)),
            worst_metres=max(errors),
        )

    def metres(self, x: float, y: float) -> Position | None:
        """Where a point of the picture is on the floor; None at and above the horizon."""
        a, b, c, d, e, f, g, h, i = self.matrix
        denominator = g * x + h * y + i
        if denominator * self.front <= _SINGULAR:
            return None
        return (a * x + b * y + c) / denominator, (d * x + e * y + f) / denominator


def _consistent(points: Sequence[Correspondence]) -> list[int]:
    """Numbers of the points that agree with most others."""
    numbers = range(len(points))
    rank = (len(points) + _LEAST + 1) // 2
    best, best_errors = float("inf"), [0.0] * len(points)
    for subset in _subsets(len(points)):
        matrix = _fit([points[number] for number in subset])
        if matrix is None:
            continue
        errors = [_error(matrix, point) for point in points]
        if sorted(errors)[rank - 1] < best:
            best, best_errors = sorted(errors)[rank - 1], errors
    spread = 1.4826 * (1 + 5 / (len(points) - _LEAST)) * best
    extent = max(
        max(point.metres[axis] for point in points) - min(point.metres[axis] for point in points)
        for axis in (0, 1)
    )
    limit = max(_DEVIATIONS * spread, _ROUNDING * extent)
    return [number for number in numbers if best_errors[number] <= limit]


def _subsets(points: int) -> list[tuple[int, ...]]:
    if comb(points, _LEAST) <= _MOST_SUBSETS:
        return list(combinations(range(points), _LEAST))
    # Seeded: the same scene always has the same plan.
    choose = random.Random(points)  # noqa: S311 - no secret
    return [tuple(choose.sample(range(points), _LEAST)) for _ in range(_MOST_SUBSETS)]


def _fit(points: Sequence[Correspondence]) -> _Matrix | None:
    """The least algebraic error; None where the points determine nothing."""
    picture = _normalisation([point.picture for point in points])
    floor = _normalisation([point.metres for point in points])
    if picture is None or floor is None:
        return None
    (px, py, ps), (fx, fy, fs) = picture, floor
    rows: list[list[float]] = []
    for point in points:
        x, y = (point.picture[0] - px) * ps, (point.picture[1] - py) * ps
        u, v = (point.metres[0] - fx) * fs, (point.metres[1] - fy) * fs
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    solved = _least_squares(rows)
    if solved is None:
        return None
    a, b, c, d, e, f, g, h = solved
    if _rank_is_low([a, b, c, d, e, f, g, h, 1.0]):
        return None
    # Undo both normalisations.
    normal = [a + g * fx * fs, b + h * fx * fs, c + fx * fs, d + g * fy * fs, e + h * fy * fs, f + fy * fs]
    matrix: _Matrix = []
    for first, second, third in (
        (normal[0] / fs, normal[1] / fs, normal[2] / fs),
        (normal[3] / fs, normal[4] / fs, normal[5] / fs),
        (g, h, 1.0),
    ):
        matrix += [first * ps, second * ps, third - ps * (first * px + second * py)]
    return matrix


def _rank_is_low(m: _Matrix) -> bool:
    determinant = (
        m[0] * (m[4] * m[8] - m[5] * m[7])
        - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
    )
    return abs(determinant) < _SINGULAR


def _normalisation(places: Sequence[Position]) -> tuple[float, float, float] | None:
    """Centre x, y and the factor that makes the mean distance from it the root of two."""
    x, y = fmean(place[0] for place in places), fmean(place[1] for place in places)
    mean = fmean(hypot(place[0] - x, place[1] - y) for place in places)
    return (x, y, sqrt(2) / mean) if mean > 0 else None


def _least_squares(rows: Sequence[Sequence[float]]) -> list[float] | None:
    """The unknowns of the rows' equations, whose last number is the right side, by normal equations."""
    unknowns = len(rows[0]) - 1
    system = [[sum(row[i] * row[j] for row in rows) for j in range(unknowns + 1)] for i in range(unknowns)]
    for column in range(unknowns):
        pivot = max(range(column, unknowns), key=lambda row: abs(system[row][column]))
        if abs(system[pivot][column]) < _SINGULAR:
            return None
        system[column], system[pivot] = system[pivot], system[column]
        for row in range(unknowns):
            if row != column:
                factor = system[row][column] / system[column][column]
                system[row] = [
                    value - factor * above for value, above in zip(system[row], system[column], strict=True)
                ]
    return [system[row][unknowns] / system[row][row] for row in range(unknowns)]


def _refined(matrix: _Matrix, points: Sequence[Correspondence]) -> _Matrix:
    """The least squared error in metres, starting from the matrix; never worse than it."""
    if len(points) == _LEAST:
        return matrix
    scale = matrix[8] or 1.0
    best = [value / scale for value in matrix]
    for _ in range(_ROUNDS):
        rows: list[list[float]] = []
        for point in points:
            x, y = point.picture
            w = _denominator(best, point.picture)
            u = (best[0] * x + best[1] * y + best[2]) / w
            v = (best[3] * x + best[4] * y + best[5]) / w
            rows.append([x / w, y / w, 1 / w, 0, 0, 0, -u * x / w, -u * y / w, point.metres[0] - u])
            rows.append([0, 0, 0, x / w, y / w, 1 / w, -v * x / w, -v * y / w, point.metres[1] - v])
        step = _least_squares(rows)
        if step is None:
            break
        moved = [value + change for value, change in zip(best, [*step, 0.0], strict=True)]
        if _total(moved, points) >= _total(best, points):
            break
        best = moved
    return best


def _total(matrix: _Matrix, points: Sequence[Correspondence]) -> float:
    return sum(_error(matrix, point) ** 2 for point in points)


def _denominator(matrix: Sequence[float], picture: Position) -> float:
    return matrix[6] * picture[0] + matrix[7] * picture[1] + matrix[8]


def _error(matrix: _Matrix, point: Correspondence) -> float:
    """Metres between where the matrix takes the point and where it is."""
    w = _denominator(matrix, point.picture)
    if w == 0:
        return float("inf")
    (x, y), (u, v) = point.picture, point.metres
    return hypot(
        (matrix[0] * x + matrix[1] * y + matrix[2]) / w - u,
        (matrix[3] * x + matrix[4] * y + matrix[5]) / w - v,
    )
