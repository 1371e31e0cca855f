"""Robust plane geometry: which side of a line, whether a step crosses an edge, whether a polygon is simple.

A path may pass through a vertex, run along an edge or stop on it. So that every such case has one answer, and
the same one for every zone and line, the path is treated as if it were shifted by an infinitesimal vector
(e, e²) (simulation of simplicity, Edelsbrunner & Mücke 1990): nothing ever lies exactly on anything.
Orientations are exact: floats with an error bound (Shewchuk 1997), and fractions where they do not suffice.
Then zones that share an edge never both have a point of it, nor neither, and crossings of a closed line
always alternate between in and out.

Positions are ratios of the frame, y downwards; "right" is meant as seen in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import hypot

Position = tuple[float, float]
"""x and y."""

Edge = tuple[float, float, float, float]
"""From x, y to x, y."""

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_ERROR_BOUND = 3.3306690738754716e-16
"""Relative error of an orientation in floats (Shewchuk's ccwerrboundA)."""

_GRID = 16
"""Cells along each side of a polygon's bounds in which its widest place is searched."""


def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """1 where p lies to the right of a→b, -1 to the left, 0 exactly on the line."""
    first, second = (ax - px) * (by - py), (ay - py) * (bx - px)
    value = first - second
    if abs(value) > _ERROR_BOUND * (abs(first) + abs(second)):
        return 1 if value > 0 else -1
    x, y = Fraction(px), Fraction(py)
    exact = (Fraction(ax) - x) * (Fraction(by) - y) - (Fraction(ay) - y) * (Fraction(bx) - x)
    return (exact > 0) - (exact < 0)


def side(edge: Edge, x: float, y: float) -> int:
    """1 where the shifted point lies to the right of the edge's line, else -1; never 0."""
    ax, ay, bx, by = edge
    return orientation(ax, ay, bx, by, x, y) or _shifted(bx - ax, by - ay)


def crossing(edge: Edge, px: float, py: float, qx: float, qy: float) -> tuple[float, int] | None:
    """Where and how the shifted step p→q crosses the edge.

    Returns:
        The part of the step before the edge, from 0 to 1, and 1 for a crossing from the edge's left to its
        right or -1 for the other way; None where it does not cross.
    """
    before, after = side(edge, px, py), side(edge, qx, qy)
    if before == after:
        return None
    ax, ay, bx, by = edge
    tie = -_shifted(qx - px, qy - py)
    begin = orientation(px, py, qx, qy, ax, ay) or tie
    end = orientation(px, py, qx, qy, bx, by) or tie
    if begin == end:
        return None
    of_p = (ax - px) * (by - py) - (ay - py) * (bx - px)
    of_q = (ax - qx) * (by - qy) - (ay - qy) * (bx - qx)
    part = of_p / (of_p - of_q) if of_p != of_q else 0.0
    return min(max(part, 0.0), 1.0), after


def steps_across(edge: Edge, xs: Sequence[float], ys: Sequence[float], first: int, last: int) -> list[int]:
    """The rows from `first` to before `last` whose step to the next row changes sides of the edge's line.

    `side` of each row, with its usual case written out: this is called for most of a path.
    """
    ax, ay, bx, by = edge
    rows = []
    before = side(edge, xs[first], ys[first]) > 0
    for row in range(first + 1, last + 1):
        x, y = xs[row], ys[row]
        one, other = (ax - x) * (by - y), (ay - y) * (bx - x)
        value = one - other
        certain = abs(value) > _ERROR_BOUND * (abs(one) + abs(other))
        after = value > 0 if certain else side(edge, x, y) > 0
        if after is not before:
            rows.append(row - 1)
            before = after
    return rows


def _shifted(dx: float, dy: float) -> int:
    """Side of the direction (dx, dy) on which the infinitesimal vector (e, e²) points."""
    return (dy < 0) - (dy > 0) or (dx > 0) - (dx < 0)


def inside(edges: Sequence[Edge], x: float, y: float) -> bool:
    """Whether the shifted point lies within the closed edges."""
    within = False
    for edge in edges:
        ay, by = edge[1], edge[3]
        if (ay > y) != (by > y) and side(edge, x, y) * (1 if ay < by else -1) > 0:
            within = not within
    return within


def edges_of(points: Sequence[Position], closed: bool = False) -> list[Edge]:
    """The edges from point to point; those of a polygon are `closed`."""
    following = [*points[1:], points[0]] if closed else points[1:]
    return [(*begin, *end) for begin, end in zip(points, following, strict=False)]


def bounds_of(edge: Edge) -> Bounds:
    ax, ay, bx, by = edge
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def may_cross(edge: Edge, bounds: Bounds) -> bool:
    """Whether the edge may have a point within the bounds; False is certain, True is not."""
    ax, ay, bx, by = edge
    left, top, right, bottom = bounds
    if (
        (ax < left and bx < left)
        or (ax > right and bx > right)
        or (ay < top and by < top)
        or (ay > bottom and by > bottom)
    ):
        return False
    dx, dy = bx - ax, by - ay
    corners = [dx * (y - ay) - dy * (x - ax) for x in (left, right) for y in (top, bottom)]
    # Far from where rounding could matter; `crossing` decides about the rest.
    return min(corners) <= 1e-12 and max(corners) >= -1e-12


def distance(edges: Sequence[Edge], x: float, y: float, aspect: float) -> float:
    """Frame widths from a point to the nearest of the edges. `aspect`: frame width / frame height."""
    nearest = float("inf")
    for ax, ay, bx, by in edges:
        dx, dy = bx - ax, (by - ay) / aspect
        px, py = x - ax, (y - ay) / aspect
        length = dx * dx + dy * dy
        part = min(max((px * dx + py * dy) / length, 0.0), 1.0) if length else 0.0
        nearest = min(nearest, hypot(px - part * dx, py - part * dy))
    return nearest


def half_width(edges: Sequence[Edge], aspect: float) -> float:
    """Frame widths from the edges of a polygon to the innermost of a grid of points in it."""
    xs, ys = [edge[0] for edge in edges], [edge[1] for edge in edges]
    widest = 0.0
    for column in range(_GRID):
        x = min(xs) + (max(xs) - min(xs)) * (column + 0.5) / _GRID
        for row in range(_GRID):
            y = min(ys) + (max(ys) - min(ys)) * (row + 0.5) / _GRID
            if inside(edges, x, y):
                widest = max(widest, distance(edges, x, y, aspect))
    return widest


def has_area(points: Sequence[Position]) -> bool:
    """Whether the points are not all on one line; exact."""
    first = points[0]
    second = next((point for point in points if point != first), first)
    return any(orientation(*first, *second, *point) for point in points)


def touching_edges(points: Sequence[Position], closed: bool) -> Iterator[tuple[int, int]]:
    """Pairs of edges, by number, that have a point in common which is not the vertex that joins them."""
    edges = edges_of(points, closed)
    for first, second in combinations(range(len(edges)), 2):
        joined = second == first + 1 or (closed and first == 0 and second == len(edges) - 1)
        if _touch(edges[first], edges[second], joined):
            yield first, second


def _touch(one: Edge, other: Edge, joined: bool) -> bool:
    left, top, right, bottom = bounds_of(one)
    other_left, other_top, other_right, other_bottom = bounds_of(other)
    if other_left > right or other_right < left or other_top > bottom or other_bottom < top:
        return False
    sides = [orientation(*one, *other[:2]), orientation(*one, *other[2:])]
    sides += [orientation(*other, *one[:2]), orientation(*other, *one[2:])]
    if joined:
        # They share a vertex; they have more in common only where one runs back along the other.
        return not any(sides) and _runs_back(one, other)
    return sides[0] * sides[1] <= 0 and sides[2] * sides[3] <= 0


def _runs_back(one: Edge, other: Edge) -> bool:
    directions = [(edge[2] - edge[0], edge[3] - edge[1]) for edge in (one, other)]
    (dx, dy), (ex, ey) = directions
    return dx * ex + dy * ey < 0
