"""Where one person stood over time, ready to be asked about crossings."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt, sub
from typing import Literal

from pipeline.answers.geometry.plane import Bounds, Edge, crossing, may_cross, steps_across
from pipeline.path.points import Box

StandsAt = Literal["feet", "centre"]
"""The point of a box that stands for the person: the middle of its lower edge, or its middle."""

Record = tuple[int, Box | None]
"""Milliseconds since the start of the video, and the box; None where only a face was seen."""

_INSET = 1e-6
"""A person stands in the picture: what lies outside is taken to its nearest point this far inside."""

_BORDER = 0.02
"""A box this close to the picture's border, as a ratio of the frame, is leaving the picture."""

_STEPS = 32
"""Steps of a block; its bounding box spares a look at each of them."""

_BLOCKS = 32
"""Blocks of a stretch, spared together."""


@dataclass(frozen=True)
class Block:
    """The steps from record `first` to record `last`, and the bounds of both and all between.

    `parts` are the smaller blocks of it, none where it is small already.
    """

    first: int
    last: int
    bounds: Bounds
    parts: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Cut:
    """One crossing of one edge: when (ms), after which record, and 1 (to the edge's right) or -1."""

    at: float
    record: int
    direction: int


class Walk:
    """One person's positions, in columns of one row a record that has a box.

    Attributes:
        times: ms since the start of the video, strictly rising.
        xs, ys: where the person stood, ratios of the frame, within it.
        widths: of the box, as a ratio of the frame's width.
        spans: first and last row of each unbroken stretch; between two the person was not seen for longer
            than was to be bridged.
        at_border: of each span, whether its last box is at the picture's border.
    """

    def __init__(
        self, records: Iterable[tuple[int, Box | None]], stands_at: StandsAt, bridge_ms: int
    ) -> None:
        self.times, self.xs, self.ys, self.widths = (array("d") for _ in range(4))
        near_border = array("b")
        add_time, add_width, add_border = self.times.append, self.widths.append, near_border.append
        add_x, add_y = self.xs.append, self.ys.append
        lower = 1.0 if stands_at == "feet" else 0.5
        low, high = _INSET, 1 - _INSET
        for time, box in records:
            if box is None:
                continue
            left, top, width, height = box
            x, y = left + width / 2, top + lower * height
            add_time(time)
            add_x(x if low <= x <= high else _inset(x))
            add_y(y if low <= y <= high else _inset(y))
            add_width(width)
            add_border(
                left <= _BORDER
                or top <= _BORDER
                or 1 - left - width <= _BORDER
                or 1 - top - height <= _BORDER
            )
        order = _order(self.times)
        if order is not None:
            self.times, self.xs, self.ys, self.widths = (
                array("d", (column[row] for row in order))
                for column in (self.times, self.xs, self.ys, self.widths)
            )
            near_border = array("b", (near_border[row] for row in order))
        self.spans = _spans(self.times, bridge_ms)
        self.at_border = [bool(near_border[last]) for _, last in self.spans]
        self._blocks = [self._block(first, last) for first, last in self.spans]

    def _block(self, first: int, last: int) -> Block:
        """The tree of blocks of one span."""
        small = [
            Block(begin, min(begin + _STEPS, last), self._bounds(begin, min(begin + _STEPS, last)))
            for begin in range(first, last, _STEPS)
        ]
        large = [tuple(small[begin : begin + _BLOCKS]) for begin in range(0, len(small), _BLOCKS)]
        return (
            _joined(tuple(_joined(parts) for parts in large)) if large else Block(first, last, (0, 0, 0, 0))
        )

    def _bounds(self, first: int, last: int) -> Bounds:
        xs, ys = self.xs[first : last + 1], self.ys[first : last + 1]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def milliseconds_seen(self) -> float:
        """The time within spans."""
        return sum(self.times[last] - self.times[first] for first, last in self.spans)

    def cuts(self, span: int, edges: Iterable[tuple[int, Edge]]) -> list[tuple[int, Cut]]:
        """Every crossing of one of the edges in the span, each with its edge's number, by time.

        An edge's number is given with it; several edges may have the same, as those of one shape.
        """
        found: list[tuple[int, Cut]] = []
        self._find_cuts(self._blocks[span], list(edges), found)
        return sorted(found, key=lambda pair: pair[1].at)

    def _find_cuts(
        self, block: Block, edges: Sequence[tuple[int, Edge]], found: list[tuple[int, Cut]]
    ) -> None:
        near = [numbered for numbered in edges if may_cross(numbered[1], block.bounds)]
        if block.parts and near:
            for part in block.parts:
                self._find_cuts(part, near, found)
            return
        for number, edge in near:
            for row in steps_across(edge, self.xs, self.ys, block.first, block.last):
                cut = self._cut(row, edge)
                if cut is not None:
                    found.append((number, cut))

    def _cut(self, row: int, edge: Edge) -> Cut | None:
        """Where the step after a row crosses the edge."""
        found = crossing(edge, self.xs[row], self.ys[row], self.xs[row + 1], self.ys[row + 1])
        if found is None:
            return None
        passed, direction = found
        elapsed = passed * (self.times[row + 1] - self.times[row])
        return Cut(self.times[row] + elapsed, row, direction)

    def rows_between(self, begin: float, end: float) -> range:
        """The rows of records strictly between two times."""
        return range(bisect_right(self.times, begin), bisect_left(self.times, end))

    def at(self, time: float) -> tuple[float, float, float]:
        """x, y and width of the box at a time within a span, interpolated."""
        after = min(max(bisect_left(self.times, time), 1), len(self.times) - 1)
        before = after - 1 if after else 0
        elapsed = self.times[after] - self.times[before]
        part = (time - self.times[before]) / elapsed if elapsed else 0.0
        x, y, width = (
            column[before] + part * (column[after] - column[before])
            for column in (self.xs, self.ys, self.widths)
        )
        return x, y, width


def _joined(parts: tuple[Block, ...]) -> Block:
    if len(parts) == 1:
        return parts[0]
    lefts, tops, rights, bottoms = zip(*(part.bounds for part in parts), strict=True)
    return Block(parts[0].first, parts[-1].last, (min(lefts), min(tops), max(rights), max(bottoms)), parts)


def _order(times: Sequence[float]) -> list[int] | None:
    """The rows by time, the first of each time only; None where they are so already.

    Rekognition's order `INDEX` is by confidence inside a person.
    """
    if all(map(lt, times, islice(times, 1, None))):
        return None
    rows = sorted(range(len(times)), key=times.__getitem__)
    return [row for place, row in enumerate(rows) if not place or times[rows[place - 1]] < times[row]]


def _spans(times: Sequence[float], bridge_ms: int) -> list[tuple[int, int]]:
    """First and last row of each stretch without a longer gap."""
    if not times:
        return []
    gaps = map(sub, islice(times, 1, None), times)
    begins = [row for row, gap in enumerate(gaps, 1) if gap > bridge_ms]
    return list(zip([0, *begins], [*(row - 1 for row in begins), len(times) - 1], strict=True))


def _inset(ratio: float) -> float:
    return min(max(ratio, _INSET), 1 - _INSET)
