"""A person's path: thinning it for a quick look, and its bounds. Points are boxes over time, as ratios of the
frame.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

# (ms, left, top, width, height); the last four as ratios of the frame's width and height.
Point = tuple[int, float, float, float, float]

MOST_POINTS = 200
# Looked at before simplifying; six hours at 15 Hz thinned to this are a point every 11 seconds.
_MOST_CANDIDATES = 2000
# A thousandth of the frame: less than 2 pixels of a full-HD picture.
_TOLERANCE = 0.001
_DIGITS = 6


def simplify(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most `most` of the points, such that boxes interpolated in time between them stay close to the
    others.

    Douglas–Peucker in time: again and again the point farthest from its interpolation is kept, until all
    others lie within a thousandth of the frame or `most` are kept. First and last are always kept. `points`
    are sorted by time.
    """
    if len(points) > _MOST_CANDIDATES:
        points = [
            points[place * (len(points) - 1) // (_MOST_CANDIDATES - 1)] for place in range(_MOST_CANDIDATES)
        ]
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


def hull(points: Sequence[Point]) -> dict[str, float] | None:
    """The smallest box around all boxes, or None of no points."""
    if not points:
        return None
    left = min(point[1] for point in points)
    top = min(point[2] for point in points)
    right = max(point[1] + point[3] for point in points)
    bottom = max(point[2] + point[4] for point in points)
    box = {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top}
    return {name: round(value, _DIGITS) for name, value in box.items()}


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
