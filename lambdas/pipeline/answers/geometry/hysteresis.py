"""Which crossings of an edge count: a person who jitters on an edge has not crossed it.

A crossing and the one back form an excursion. It does not count, and neither of its crossings does, where

- the person went no farther from the edge than `body_widths` of their own: the body still stood on it; or
- it was over within `seconds` and went no farther than a whole body: a box that jittered.

An edge that several zones share is crossed once for all of them, so that they always agree on where the
person is. In a zone that is narrower than a body the distances shrink with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from pipeline.answers.geometry.plane import Edge, distance, half_width
from pipeline.answers.geometry.walk import Cut, Walk

_WHOLE_BODY = 1.0
"""Body widths from an edge at which no excursion is jitter, however short it was."""

_NARROW, _NARROW_WHOLE = 0.5, 0.75
"""The most of a shape's half width that the two distances may be."""

_TOGETHER = 1e-6
"""Milliseconds: crossings this close are one, as at a shared edge or a vertex."""

_LEAST_WIDTH = 1e-6
"""The least distance from an edge, in body widths and in frame widths: rounding is no excursion."""


@dataclass(frozen=True)
class Tolerance:
    """What an excursion must exceed; `aspect` is frame width / frame height."""

    body_widths: float
    seconds: float
    aspect: float


class Shape:
    """A zone's or a line's edges. `half_width`: in frame widths, infinite for an open line."""

    def __init__(self, edges: Sequence[Edge], aspect: float) -> None:
        self.edges = edges
        closed = edges[0][:2] == edges[-1][2:]
        self.half_width = half_width(edges, aspect) if closed else float("inf")


@dataclass(eq=False)
class Event:
    """The crossing of a shared edge, or of one shape's own.

    Attributes:
        at: ms since the start of the video.
        shapes: numbers of the shapes whose edge it is.
        direction: of a line, 1 to its right or -1 to its left; of zones 0.
        counts: it is known to be more than the begin of jitter.
    """

    at: float
    shapes: frozenset[int]
    direction: int = 0
    counts: bool = field(default=False)


def events_of(cuts: Iterable[tuple[int, Cut]], directed: bool) -> list[Event]:
    """Crossings, each with its shape's number, put together where they coincide. Sorted by time.

    A shape crossed there and back at one instant, as at a vertex, is not crossed.
    """
    events: list[Event] = []
    crossed: dict[int, int] = {}
    begin = float("-inf")
    for number, cut in [*sorted(cuts, key=lambda pair: pair[1].at), (-1, Cut(float("inf"), 0, 0))]:
        if cut.at - begin > _TOGETHER:
            shapes = frozenset(shape for shape, direction in crossed.items() if direction % 2)
            if shapes:
                events.append(Event(begin, shapes, sum(crossed.values()) if directed else 0))
            crossed, begin = {}, cut.at
        crossed[number] = crossed.get(number, 0) + cut.direction
    return events


def counting(
    events: Sequence[Event], walk: Walk, shapes: Sequence[Shape], tolerance: Tolerance
) -> list[Event]:
    """The events that count, by time.

    Takes time in proportion to the records, however often the box jitters: an event is compared with the
    last one left of its edge, and once that is known to count, it is not measured again.
    """
    last: dict[int, list[Event]] = {}
    for event in events:
        before = [last.setdefault(shape, [])[-1:] for shape in event.shapes]
        earlier = before[0][0] if before[0] else None
        if earlier is not None and _is_jitter(earlier, event, before, walk, shapes, tolerance):
            for shape in event.shapes:
                last[shape].pop()
            continue
        for shape in event.shapes:
            last[shape].append(event)
    kept = {id(event): event for stack in last.values() for event in stack}
    return sorted(kept.values(), key=lambda event: event.at)


def _is_jitter(
    earlier: Event,
    event: Event,
    before: Sequence[Sequence[Event]],
    walk: Walk,
    shapes: Sequence[Shape],
    tolerance: Tolerance,
) -> bool:
    """Whether `event` takes back `earlier` and both do not count."""
    if earlier.shapes != event.shapes or any(not each or each[0] is not earlier for each in before):
        return False
    if event.direction and event.direction == earlier.direction:
        return False
    if not earlier.counts:
        earlier.counts = _is_excursion(
            earlier.at, event.at, walk, [shapes[number] for number in event.shapes], tolerance
        )
    return not earlier.counts


def _is_excursion(
    begin: float, end: float, walk: Walk, shapes: Sequence[Shape], tolerance: Tolerance
) -> bool:
    brief = end - begin < tolerance.seconds * 1000
    least = _WHOLE_BODY if brief else tolerance.body_widths
    part = _NARROW_WHOLE if brief else _NARROW
    # Half-way, too: who passes a narrow zone may not be in it at the time of any record.
    halfway = walk.at((begin + end) / 2)
    rows = walk.rows_between(begin, end)
    places = chain([halfway], ((walk.xs[row], walk.ys[row], walk.widths[row]) for row in rows))
    narrowest = part * min(shape.half_width for shape in shapes)
    for x, y, width in places:
        limit = max(min(max(least, tolerance.body_widths, _LEAST_WIDTH) * width, narrowest), _LEAST_WIDTH)
        if any(distance(shape.edges, x, y, tolerance.aspect) > limit for shape in shapes):
            return True
    return False
