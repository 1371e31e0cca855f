"""The answers of one person: visits, crossings and movement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipeline.answers.geometry import hysteresis
from pipeline.answers.geometry.hysteresis import Event, Shape, Tolerance
from pipeline.answers.geometry.plane import edges_of, inside
from pipeline.answers.geometry.walk import Record, Walk
from pipeline.answers.movement import FloorTrack, Movement, movement_of
from pipeline.answers.scenes.scene import Line, Scene

Began = Literal["crossed", "appeared"]
Ended = Literal["crossed", "left_picture", "disappeared", "video_ended"]
Direction = Literal["in", "out"]

_VIDEO_END_MS = 500
"""Someone seen until this shortly before the video's end was still there when it ended."""


@dataclass(frozen=True)
class Frame:
    """The video's picture: `aspect` is width / height; `duration_ms` is None where it is not known."""

    aspect: float
    duration_ms: int | None = None


@dataclass(frozen=True)
class Visit:
    """One stay of one person in one zone; times in ms since the start of the video."""

    zone: str
    person: int
    enter_ms: int
    leave_ms: int
    began: Began
    ended: Ended

    @property
    def dwell_ms(self) -> int:
        """How long it was."""
        return self.leave_ms - self.enter_ms


@dataclass(frozen=True)
class Crossing:
    """One crossing of one line by one person."""

    line: str
    person: int
    at_ms: int
    direction: Direction


@dataclass(frozen=True)
class PersonAnswers:
    """Everything about one person. `movement` and `track` need a floor plan."""

    person: int
    visits: list[Visit]
    crossings: list[Crossing]
    movement: Movement | None = None
    track: FloorTrack | None = None


class Questions:
    """What a scene asks about each person of a video. Holds no person: memory is that of one at a time."""

    def __init__(self, scene: Scene, frame: Frame) -> None:
        self._scene = scene
        self._frame = frame
        self._tolerance = Tolerance(scene.edge.body_widths, scene.edge.seconds, frame.aspect)
        self._zones = [Shape(edges_of(zone.polygon, closed=True), frame.aspect) for zone in scene.zones]
        self._lines = [Shape(edges_of(line.points), frame.aspect) for line in scene.lines]
        self._edges_of_zones = [
            (number, edge) for number, zone in enumerate(self._zones) for edge in zone.edges
        ]
        self._plan = scene.floor_plan()

    def answers_of(self, person: int, records: Iterable[Record]) -> PersonAnswers:
        """The answers of one person.

        Args:
            person: Rekognition's Index.
            records: all of the person's, in any order: ms since the start of the video, and the box, None
                where only a face was seen. Of several at one time the first counts.
        """
        walk = Walk(records, self._scene.stands_at, round(self._scene.bridge_seconds * 1000))
        visits: list[Visit] = []
        crossings: list[Crossing] = []
        for span in range(len(walk.spans)):
            visits += self._visits(person, walk, span)
            crossings += self._crossings(person, walk, span)
        least = self._scene.least_dwell_seconds * 1000
        visits = [visit for visit in visits if visit.dwell_ms and visit.dwell_ms >= least]
        visits.sort(key=lambda visit: (visit.enter_ms, visit.leave_ms, visit.zone))
        crossings.sort(key=lambda crossing: (crossing.at_ms, crossing.line))
        if self._plan is None or not walk.spans:
            return PersonAnswers(person, visits, crossings)
        return PersonAnswers(person, visits, crossings, *movement_of(person, walk, self._plan))

    def _visits(self, person: int, walk: Walk, span: int) -> list[Visit]:
        cuts = walk.cuts(span, self._edges_of_zones)
        events = hysteresis.counting(
            hysteresis.events_of(cuts, directed=False), walk, self._zones, self._tolerance
        )
        return [
            visit
            for number in range(len(self._zones))
            for visit in self._visits_of(
                person, number, walk, span, [event for event in events if number in event.shapes]
            )
        ]

    def _visits_of(
        self, person: int, number: int, walk: Walk, span: int, events: list[Event]
    ) -> Iterable[Visit]:
        """The visits between the first and last record of the span and the edges crossed meanwhile."""
        first, last = walk.spans[span]
        zone, edges = self._scene.zones[number], self._zones[number].edges
        within = inside(edges, walk.xs[first], walk.ys[first])
        enter = walk.times[first]
        began: Began = "appeared"
        for event in events:
            if within:
                yield Visit(zone.name, person, round(enter), round(event.at), began, "crossed")
            within = not within
            enter, began = event.at, "crossed"
        if within:
            yield Visit(
                zone.name, person, round(enter), round(walk.times[last]), began, self._end(walk, span)
            )

    def _end(self, walk: Walk, span: int) -> Ended:
        duration = self._frame.duration_ms
        if duration is not None and walk.times[walk.spans[span][1]] >= duration - _VIDEO_END_MS:
            return "video_ended"
        return "left_picture" if walk.at_border[span] else "disappeared"

    def _crossings(self, person: int, walk: Walk, span: int) -> Iterable[Crossing]:
        for line, shape in zip(self._scene.lines, self._lines, strict=True):
            cuts = walk.cuts(span, [(0, edge) for edge in shape.edges])
            events = hysteresis.events_of(cuts, directed=True)
            for event in hysteresis.counting(events, walk, [shape], self._tolerance):
                yield Crossing(line.name, person, round(event.at), _direction(line, event))


def _direction(line: Line, event: Event) -> Direction:
    return "in" if (event.direction > 0) == (line.inner == "right") else "out"
