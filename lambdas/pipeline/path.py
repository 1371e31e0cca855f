"""A person's path: thinning it for a quick look, and its bounds. Points are boxes over time."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

# (ms, left, top, width, height); the last four as ratios of the frame's width and height.
Point = tuple[int, float, float, float, float]

MOST_POINTS = 200
# Looked at before simplifying; too many are halved: six hours at 15 Hz leave a point every 9 to 17 seconds.
_MOST_CANDIDATES = 2400
# A thousandth of the frame: less than 2 pixels of a full-HD picture.
_TOLERANCE = 0.001
_DIGITS = 6


class Outline:
    """A path's bounds and simplified form, taken in point by point in time order, in bounded memory."""

    def __init__(self) -> None:
        self._candidates: list[Point] = []
        self._count = 0
        self._stride = 1
        self._last: Point | None = None
        self._bounds: tuple[float, float, float, float] | None = None

    def add(self, point: Point) -> None:
        """Take in the next point."""
        _, left, top, width, height = point
        right, bottom = left + width, top + height
        if self._bounds is not None:
            far_left, far_top, far_right, far_bottom = self._bounds
            left, top = min(left, far_left), min(top, far_top)
            right, bottom = max(right, far_right), max(bottom, far_bottom)
        self._bounds = left, top, right, bottom
        if self._count % self._stride == 0:
            self._candidates.append(point)
            if len(self._candidates) > _MOST_CANDIDATES:
                del self._candidates[1::2]
                self._stride *= 2
        self._count += 1
        self._last = point

    def hull(self) -> dict[str, float] | None:
        """The smallest box around all boxes, or None of no points."""
        if self._bounds is None:
            return None
        left, top, right, bottom = self._bounds
        box = {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top}
        return {name: round(value, _DIGITS) for name, value in box.items()}

    def simplified(self) -> list[Point]:
        """At most MOST_POINTS of the points, the first and the last among them; see `simplify`."""
        points = self._candidates
        if self._last is not None and points[-1] is not self._last:
            points = [*points, self._last]
        return simplify(points)


def simplify(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most `most` of the points, such that boxes interpolated in time between them stay close to the
    others.

    Douglas–Peucker in time: again and again the point farthest from its interpolation is kept, until all
    others lie within a thousandth of the frame or `most` are kept. First and last are always kept. `points`
    are sorted by time.
    """
    if len(points) <= 2:
        return list(points)
    kept = {0, len(points) - 1}
    spans = [_farthest(points, 0, len(points) - 1)]
    while spans and len(kept) < most:
        error, first, middle, last = heapq.heappop(spans)
        if -error <= _TOLERANCE:
            break
        kept.add(middle)
        for begin, end in ((first, middle), (middle, last)):
            if end - begin > 1:
                heapq.heappush(spans, _farthest(points, begin, end))
    return [points[place] for place in sorted(kept)]


def rounded(point: Point) -> Point:
    """The point to a millionth of the frame: a hundredth of a pixel, in half the digits."""
    millis, left, top, width, height = point
    return millis, round(left, _DIGITS), round(top, _DIGITS), round(width, _DIGITS), round(height, _DIGITS)


def _farthest(points: Sequence[Point], first: int, last: int) -> tuple[float, int, int, int]:
    """(−error, first, farthest, last) of the span between two kept points, ready for a heap."""
    start, left, top, width, height = points[first]
    duration = points[last][0] - start or 1
    # What each side gains in a millisecond, were the box to move evenly.
    lefts, tops, widths, heights = (
        (points[last][side] - points[first][side]) / duration for side in (1, 2, 3, 4)
    )
    worst, at = -1.0, first + 1
    for place in range(first + 1, last):
        point = points[place]
        elapsed = point[0] - start
        error = max(
            abs(left + elapsed * lefts - point[1]),
            abs(top + elapsed * tops - point[2]),
            abs(width + elapsed * widths - point[3]),
            abs(height + elapsed * heights - point[4]),
        )
        if error > worst:
            worst, at = error, place
    return -worst, first, at, last
