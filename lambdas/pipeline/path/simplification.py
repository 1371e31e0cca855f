"""Simplifying a path: dropping boxes that interpolation in time between the others gives back.

Two steps. `SwingingDoor` drops boxes while they stream by, so that hours of them are never held in memory.
`simplified` then chooses of those that are left the ones that matter most, as many as are allowed.
Both keep real boxes, so no path ends where nobody was seen.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import pairwise

from pipeline.path.points import Point

_SIDES = (1, 2, 3, 4)


class SwingingDoor:
    """Says of one unbroken span of boxes, streaming by, which to keep.

    The swinging door of plant historians (Bristol, 1990): a box is kept only where the straight line in time
    from the last kept one can no longer stay within the tolerance of every box dropped since. It sees each
    box once and holds two.

    Args:
        first: the span's first box, which is to be kept.
        tolerance: how far a dropped box may lie from its interpolation, as a ratio of the frame, on any side.
    """

    def __init__(self, first: Point, tolerance: float) -> None:
        self.tolerance = tolerance
        self.last = first
        self._open(first)

    def add(self, point: Point) -> Point | None:
        """Take in the next box, later than the one before; return that one if it has to be kept."""
        anchor, lowest, highest = self._anchor, self._lowest, self._highest
        elapsed = point[0] - anchor[0]
        kept = None
        for side in _SIDES:
            if not lowest[side] <= (point[side] - anchor[side]) / elapsed <= highest[side]:
                kept = anchor = self.last
                elapsed = point[0] - anchor[0]
                self._open(anchor)
                lowest, highest = self._lowest, self._highest
                break
        slack = self.tolerance / elapsed
        for side in _SIDES:
            rate = (point[side] - anchor[side]) / elapsed
            if rate - slack > lowest[side]:
                lowest[side] = rate - slack
            if rate + slack < highest[side]:
                highest[side] = rate + slack
        self.last = point
        return kept

    def _open(self, anchor: Point) -> None:
        self._anchor = anchor
        self._lowest = [float("-inf")] * 5
        self._highest = [float("inf")] * 5


def simplified(
    spans: Sequence[Sequence[Point]], most: int, tolerance: float = 0.0
) -> tuple[list[list[Point]], float]:
    """At most `most` boxes of these spans, those that matter most, and how far the others lie from them.

    Douglas-Peucker in time, over all spans at once: again and again the box farthest from its interpolation
    is kept, until the others lie within the tolerance or `most` are kept. The ends of spans are always kept;
    where they are too many, the spans with the shortest gaps between them are joined first.

    Args:
        spans: unbroken spans in time order, none of them empty, each sorted by time.
        most: the limit, at least 2.
        tolerance: as a ratio of the frame.

    Returns:
        The spans, and the largest distance of a dropped box as a ratio of the frame: 0 if none was dropped.
    """
    while sum(min(len(span), 2) for span in spans) > most:
        spans = _joined_at_shortest_gaps(spans)
    kept = [{0, len(span) - 1} for span in spans]
    left = most - sum(map(len, kept))
    heap = [
        (*_farthest(span, 0, len(span) - 1), number) for number, span in enumerate(spans) if len(span) > 2
    ]
    heapq.heapify(heap)
    while heap and left and -heap[0][0] > tolerance:
        _, first, middle, last, number = heapq.heappop(heap)
        kept[number].add(middle)
        left -= 1
        for begin, end in ((first, middle), (middle, last)):
            if end - begin > 1:
                heapq.heappush(heap, (*_farthest(spans[number], begin, end), number))
    chosen = [[span[place] for place in sorted(places)] for span, places in zip(spans, kept, strict=True)]
    return chosen, -heap[0][0] if heap else 0.0


def _farthest(points: Sequence[Point], first: int, last: int) -> tuple[float, int, int, int]:
    """(−distance, first, farthest, last) of the boxes between two kept ones, ready for a heap."""
    start, left, top, width, height = points[first]
    duration = points[last][0] - start or 1
    # What each side gains in a millisecond, were the box to move evenly.
    lefts, tops, widths, heights = ((points[last][side] - points[first][side]) / duration for side in _SIDES)
    worst, at = -1.0, first + 1
    for place in range(first + 1, last):
        point = points[place]
        elapsed = point[0] - start
        distance = max(
            abs(left + elapsed * lefts - point[1]),
            abs(top + elapsed * tops - point[2]),
            abs(width + elapsed * widths - point[3]),
            abs(height + elapsed * heights - point[4]),
        )
        if distance > worst:
            worst, at = distance, place
    return -worst, first, at, last


def _joined_at_shortest_gaps(spans: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """The spans with the shorter half of the gaps between them closed."""
    gaps = sorted(after[0][0] - before[-1][0] for before, after in pairwise(spans))
    longest_closed = gaps[len(gaps) // 2]
    joined = [list(spans[0])]
    for span in spans[1:]:
        if span[0][0] - joined[-1][-1][0] <= longest_closed:
            joined[-1].extend(span)
        else:
            joined.append(list(span))
    return joined
