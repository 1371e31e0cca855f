"""One person's path, built from records as they stream by, in bounded memory."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from pipeline.path.points import Box, Point, rounded_ratio
from pipeline.path.simplification import SwingingDoor, simplified
from pipeline.path.time_in_view import SHORTEST_GAP_MILLIS, TimeInView
from shared.links import PathLinks

MOST_POINTS = 1_500
"""Most boxes of one person's path, which the report draws."""

MOST_OVERVIEW_POINTS = 200
"""Most boxes of the overview, which stands in the person's item: enough to draw it small."""

FINE_TOLERANCE = 0.001
"""How far a box left out of the overview may lie from its interpolation while the limit allows it, as a ratio
of the frame: less than 2 pixels of a full-HD picture."""

TOLERANCE = 0.004
"""The same of a drawn path: 8 pixels of a full-HD picture, about the width of the line."""

STEP = 0.02
"""Frame widths a person must move before it counts as distance, so that a jittering box walks nowhere."""

_MOST_HELD = 2 * MOST_POINTS
"""Most boxes held while a path is built: some 500 KB."""

_POINT = struct.Struct("<I4f")


@dataclass
class PersonPath:
    """What the report shows of one person.

    Attributes:
        index: the person's Index in the video.
        first_ms, last_ms: when the person was reported first and last.
        seconds_seen: seconds in view, gaps left out; see `gap_millis`.
        distance: frame widths walked by the middle of the box's lower edge.
        faces: records with a face.
        spans: the unbroken stretches, in time order, each a list of boxes; none for a person of whom only a
            face was seen.
        links: how sure the links inside the path are, None where that is not known.
    """

    index: int
    first_ms: int
    last_ms: int
    seconds_seen: float
    distance: float
    faces: int
    spans: list[list[Point]] = field(default_factory=list)
    links: PathLinks | None = None

    @property
    def points(self) -> int:
        """Boxes in all spans together."""
        return sum(len(span) for span in self.spans)

    def reduced(self, limit: int) -> PersonPath:
        """The same person in at most `limit` boxes (at least two)."""
        if self.points <= limit:
            return self
        return replace(self, spans=simplified(self.spans, max(limit, 2))[0])

    def pack(self) -> bytes:
        """Bytes for keeping the path between two runs of the collector; see `unpack`."""
        head = json.dumps(
            {
                "Index": self.index,
                "FirstMillis": self.first_ms,
                "LastMillis": self.last_ms,
                "SecondsSeen": self.seconds_seen,
                "Distance": self.distance,
                "FacesSeen": self.faces,
                "Spans": [len(span) for span in self.spans],
                **({"Links": self.links.links} if self.links is not None else {}),
            }
        ).encode()
        body = b"".join(_POINT.pack(*point) for span in self.spans for point in span)
        return struct.pack("<I", len(head)) + head + body

    @classmethod
    def unpack(cls, packed: bytes) -> PersonPath:
        """Read what `pack` wrote; positions come back to within 1e-7."""
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
            links=PathLinks.of(head["Links"]) if "Links" in head else None,
        )


class PathBuilder:
    """Builds one person's path from their records, taken in by time.

    Args:
        index: the person's Index.
        aspect: frame width / frame height, for distances.
        gap: ms between two boxes above which the path breaks; see `gap_millis`.
    """

    def __init__(self, index: int, aspect: float, gap: int = SHORTEST_GAP_MILLIS) -> None:
        self._index = index
        self._aspect = aspect
        self._gap = gap
        self._time = TimeInView(gap)
        self._bounds: tuple[float, float, float, float] | None = None
        self._distance = 0.0
        self._foot = (0.0, 0.0)
        self._tolerance = FINE_TOLERANCE
        self._spans: list[list[Point]] = []
        self._held = 0
        self._simplifier: SwingingDoor | None = None

    def add(self, millis: int, box: Box | None) -> None:
        """Take in the next record; `box` is None where only a face was seen.

        Of several boxes at one time the path has the first.
        """
        self._time.add(millis)
        if box is None:
            return
        self._extend_bounds(box)
        point = (millis, *box)
        simplifier = self._simplifier
        if simplifier is None or millis - simplifier.last[0] > self._gap:
            self._end_span()
            self._begin_span(point)
        elif millis > simplifier.last[0]:
            kept = simplifier.add(point)
            if kept is not None:
                self._keep(kept)
            self._walk(point)

    def finish(self, faces: int = 0, links: PathLinks | None = None) -> PersonPath:
        """The path of the records added, `faces` of them with a face, with what is known of its links.

        Raises ValueError without records.
        """
        first, last = self._time.first, self._time.last
        if first is None or last is None:
            raise ValueError(f"person {self._index} has no records")
        return PersonPath(
            index=self._index,
            first_ms=first,
            last_ms=last,
            seconds_seen=self._time.seconds,
            distance=round(self._distance, 4),
            faces=faces,
            # What the simplifier has dropped lies within its own tolerance already.
            spans=simplified(self._all(), MOST_POINTS, TOLERANCE - FINE_TOLERANCE)[0],
            links=links,
        )

    def overview(self) -> list[Point]:
        """At most MOST_OVERVIEW_POINTS boxes of the whole path, the first and the last among them."""
        path = list(chain.from_iterable(self._all()))
        if len(path) <= MOST_OVERVIEW_POINTS:
            return path
        return simplified([path], MOST_OVERVIEW_POINTS)[0][0]

    def hull(self) -> dict[str, float] | None:
        """The smallest box around all boxes, or None where there are none."""
        if self._bounds is None:
            return None
        left, top, right, bottom = self._bounds
        box = {"Left": left, "Top": top, "Width": right - left, "Height": bottom - top}
        return {name: rounded_ratio(value) for name, value in box.items()}

    def _all(self) -> list[list[Point]]:
        """The boxes held, with the last one taken in."""
        if self._simplifier is None or self._simplifier.last is self._spans[-1][-1]:
            return self._spans
        return [*self._spans[:-1], [*self._spans[-1], self._simplifier.last]]

    def _begin_span(self, point: Point) -> None:
        self._simplifier = SwingingDoor(point, self._tolerance)
        self._spans.append([])
        self._keep(point)
        self._foot = self._foot_of(point)

    def _end_span(self) -> None:
        if self._simplifier is not None and self._simplifier.last is not self._spans[-1][-1]:
            self._keep(self._simplifier.last)
        self._simplifier = None

    def _keep(self, point: Point) -> None:
        self._spans[-1].append(point)
        self._held += 1
        if self._held <= _MOST_HELD:
            return
        self._spans, distance = simplified(self._spans, MOST_POINTS)
        self._held = sum(map(len, self._spans))
        # What would be dropped at the next such occasion need not be held until then.
        self._tolerance = max(self._tolerance, distance)
        if self._simplifier is not None:
            self._simplifier.tolerance = self._tolerance

    def _extend_bounds(self, box: Box) -> None:
        left, top, width, height = box
        right, bottom = left + width, top + height
        if self._bounds is not None:
            bounds = self._bounds
            left, top = min(left, bounds[0]), min(top, bounds[1])
            right, bottom = max(right, bounds[2]), max(bottom, bounds[3])
        self._bounds = left, top, right, bottom

    def _foot_of(self, point: Point) -> tuple[float, float]:
        """The middle of the lower edge, both coordinates in frame widths."""
        _, left, top, width, height = point
        return left + width / 2, (top + height) / self._aspect

    def _walk(self, point: Point) -> None:
        foot = self._foot_of(point)
        moved = ((foot[0] - self._foot[0]) ** 2 + (foot[1] - self._foot[1]) ** 2) ** 0.5
        if moved >= STEP:
            self._distance += moved
            self._foot = foot
