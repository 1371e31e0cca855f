"""One person's boxes, reduced while they stream by to what a drawing needs.

The reduction is a swinging door (Bristol, 1990; used by plant historians): a box is kept only where the
straight line in time from the last kept box can no longer stay within a tolerance of every box skipped since.
It looks at each box once, holds two, and keeps real boxes, so no drawing ends where nobody was seen.
"""

import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

Point = tuple[int, float, float, float, float]
"""Milliseconds since the start of the video, then the box."""

Box = tuple[float, float, float, float]
"""Left, top, width and height as ratios of the frame."""

POINTS_A_PERSON = 1_500
"""Most boxes kept of one person."""

GAP_MS = 1_000
"""A person not reported for longer than this was away; the path is broken there."""

STEP = 0.02
"""Frame widths a person must move before it counts as distance, so that a trembling box walks nowhere."""

TOLERANCE = 0.004
"""Ratio of the frame a drawn box may differ from the one seen, until the limit on boxes coarsens it."""

_AXES = (1, 2, 3, 4)
_COARSER, _COARSEST = 1.6, 0.2


class _Door:
    """A swinging door over one span of boxes: says which boxes to keep."""

    def __init__(self, first: Point, tolerance: float) -> None:
        self.tolerance = tolerance
        self._open(first)
        self.last = first

    def _open(self, anchor: Point) -> None:
        self._anchor = anchor
        self._lowest = [float("-inf")] * 5
        self._highest = [float("inf")] * 5

    def passes(self, point: Point) -> Point | None:
        """Take the next box; return the previous one if it has to be kept."""
        anchor, lowest, highest = self._anchor, self._lowest, self._highest
        elapsed = point[0] - anchor[0]
        kept = None
        for axis in _AXES:
            if not lowest[axis] <= (point[axis] - anchor[axis]) / elapsed <= highest[axis]:
                kept = anchor = self.last
                elapsed = point[0] - anchor[0]
                self._open(anchor)
                lowest, highest = self._lowest, self._highest
                break
        slack = self.tolerance / elapsed
        for axis in _AXES:
            rate = (point[axis] - anchor[axis]) / elapsed
            if rate - slack > lowest[axis]:
                lowest[axis] = rate - slack
            if rate + slack < highest[axis]:
                highest[axis] = rate + slack
        self.last = point
        return kept


def simplify(span: Iterable[Point], tolerance: float) -> Iterator[Point]:
    """Keep of one unbroken span the boxes a straight line in time cannot stand for; both ends always."""
    door: _Door | None = None
    count = 0
    for point in span:
        if door is None:
            door = _Door(point, tolerance)
            yield point
        elif point[0] > door.last[0]:
            kept = door.passes(point)
            if kept is not None:
                yield kept
        else:
            continue
        count += 1
    if door is not None and count > 1:
        yield door.last


@dataclass
class PersonPath:
    """What the report shows of one person.

    Attributes:
        index: the person's Index in the video.
        first_ms, last_ms: when the person was reported first and last.
        seconds_seen: seconds reported, absences of more than a second left out.
        distance: frame widths walked by the middle of the box's lower edge.
        faces: records with a face.
        spans: the unbroken stretches, in time order, each a list of boxes ``(ms, left, top, width, height)``;
            none of a person of whom only a face was seen.
    """

    index: int
    first_ms: int
    last_ms: int
    seconds_seen: float
    distance: float
    faces: int
    spans: list[list[Point]] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(len(span) for span in self.spans)

    def reduced(self, limit: int) -> "PersonPath":
        """The same person in at most `limit` boxes (at least two): coarser, then absences closed."""
        return replace(self, spans=_reduced(self.spans, max(limit, 2)))

    def pack(self) -> bytes:
        """Bytes for keeping the path between two runs of the collector; see :meth:`unpack`."""
        head = json.dumps(
            {
                "Index": self.index,
                "FirstMillis": self.first_ms,
                "LastMillis": self.last_ms,
                "SecondsSeen": self.seconds_seen,
                "Distance": self.distance,
                "FacesSeen": self.faces,
                "Spans": [len(span) for span in self.spans],
            }
        ).encode()
        body = b"".join(_POINT.pack(*point) for span in self.spans for point in span)
        return struct.pack("<I", len(head)) + head + body

    @classmethod
    def unpack(cls, packed: bytes) -> "PersonPath":
        """Read what :meth:`pack` wrote; positions come back to within 1e-7."""
        (size,) = struct.unpack_from("<I", packed)
        head = json.loads(packed[4 : 4 + size])
        points: Iterator[Point] = _POINT.iter_unpack(packed[4 + size :])
        return cls(
            index=head["Index"],
            first_ms=head["FirstMillis"],
            last_ms=head["LastMillis"],
            seconds_seen=head["SecondsSeen"],
            distance=head["Distance"],
            faces=head["FacesSeen"],
            spans=[[next(points) for _ in range(length)] for length in head["Spans"]],
        )


_POINT = struct.Struct("<I4f")


def _reduced(spans: list[list[Point]], limit: int) -> list[list[Point]]:
    tolerance = TOLERANCE
    while sum(map(len, spans)) > limit and tolerance < _COARSEST:
        spans = [list(simplify(span, tolerance)) for span in spans]
        tolerance *= _COARSER
    while sum(map(len, spans)) > limit:
        if len(spans) == 1:
            spans = [[spans[0][0], spans[0][-1]]]
        else:
            spans = [list(simplify(span, tolerance)) for span in _close_shortest_half(spans)]
    return spans


def _close_shortest_half(spans: list[list[Point]]) -> list[list[Point]]:
    """Join the spans with the shortest absences between them."""
    absences = sorted(after[0][0] - before[-1][0] for before, after in pairwise(spans))
    bound = absences[len(absences) // 2]
    joined = [spans[0]]
    for span in spans[1:]:
        if span[0][0] - joined[-1][-1][0] <= bound:
            joined[-1] = joined[-1] + span
        else:
            joined.append(span)
    return joined


class PathBuilder:
    """Build one person's :class:`PersonPath` from its records in time order, in bounded memory.

    Args:
        index: the person's Index.
        aspect: frame height / frame width, for distances.
    """

    def __init__(self, index: int, aspect: float) -> None:
        self._index = index
        self._aspect = aspect
        self._first = self._last = -1
        self._seen = 0
        self._distance = 0.0
        self._anchor = (0.0, 0.0)
        self._tolerance = TOLERANCE
        self._spans: list[list[Point]] = []
        self._kept = 0
        self._door: _Door | None = None

    def add(self, ms: int, box: Box | None) -> None:
        """Take the next record; `box` is None where only a face was seen.

        Of several records at one time the first box counts.
        """
        if self._first < 0:
            self._first = ms
        elif ms - self._last <= GAP_MS:
            self._seen += ms - self._last
        self._last = ms
        if box is None:
            return
        point = (ms, *box)
        door = self._door
        if door is None or ms - door.last[0] > GAP_MS:
            self._end_span()
            self._begin_span(point)
        elif ms > door.last[0]:
            kept = door.passes(point)
            if kept is not None:
                self._keep(kept)
            self._walk(point)

    def finish(self, faces: int = 0) -> PersonPath:
        """The path of the records added, `faces` of them with a face. Raises ValueError of no records."""
        if self._first < 0:
            raise ValueError(f"person {self._index} has no records")
        self._end_span()
        path = PersonPath(
            index=self._index,
            first_ms=self._first,
            last_ms=self._last,
            seconds_seen=self._seen / 1000,
            distance=round(self._distance, 4),
            faces=faces,
            spans=self._spans,
        )
        return path if self._kept <= POINTS_A_PERSON else path.reduced(POINTS_A_PERSON)

    def _begin_span(self, point: Point) -> None:
        self._door = _Door(point, self._tolerance)
        self._spans.append([])
        self._keep(point)
        self._anchor = self._foot(point)

    def _end_span(self) -> None:
        if self._door is not None and self._door.last[0] > self._spans[-1][-1][0]:
            self._keep(self._door.last)
        self._door = None

    def _keep(self, point: Point) -> None:
        self._spans[-1].append(point)
        self._kept += 1
        if self._kept <= 2 * POINTS_A_PERSON:
            return
        self._spans = _reduced(self._spans, POINTS_A_PERSON)
        self._kept = sum(map(len, self._spans))
        self._tolerance *= _COARSER
        if self._door is not None:
            self._door.tolerance = self._tolerance

    def _foot(self, point: Point) -> tuple[float, float]:
        _, left, top, width, height = point
        return left + width / 2, (top + height) * self._aspect

    def _walk(self, point: Point) -> None:
        foot = self._foot(point)
        moved = ((foot[0] - self._anchor[0]) ** 2 + (foot[1] - self._anchor[1]) ** 2) ** 0.5
        if moved >= STEP:
            self._distance += moved
            self._anchor = foot
