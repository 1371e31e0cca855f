"""Counts by the hour of the camera's clock: of each zone and of each line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.answers.scenes.clock import Clock
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers


@dataclass
class ZoneHour:
    """A zone within one hour of the clock.

    Attributes:
        hour: `2026-11-20T10:00+01:00`.
        observed_ms: how much of the hour the video shows.
        visits: that began in it.
        paths: how many were in the zone.
        dwell_ms: of all of them together.
        most_people: at one time.
        most_at_ms: when first, ms since the start of the video.
    """

    zone: str
    hour: str
    observed_ms: int
    visits: int = 0
    dwell_ms: int = 0
    most_people: int = 0
    most_at_ms: int = 0
    _persons: set[int] = field(default_factory=set)

    @property
    def paths(self) -> int:
        return len(self._persons)

    def add_stay(self, person: int, millis: int) -> None:
        """Count a person who was in the zone for so long within the hour."""
        self._persons.add(person)
        self.dwell_ms += millis


@dataclass
class LineHour:
    """A line within one hour of the clock: how often it was crossed."""

    line: str
    hour: str
    observed_ms: int
    into: int = 0
    out: int = 0


def zone_hours(answers: VideoAnswers, scene: Scene, clock: Clock, duration_ms: int) -> list[ZoneHour]:
    """Every hour that the video shows, zone by zone, those without anyone too."""
    spans = list(_hours(clock, duration_ms))
    found = {
        (zone.name, hour): ZoneHour(zone.name, hour, end - begin, most_at_ms=begin)
        for zone in scene.zones
        for hour, begin, end in spans
    }
    for visit in answers.visits():
        for hour, begin, end in _within(spans, visit.enter_ms, visit.leave_ms):
            row = found[visit.zone, hour]
            row.visits += begin <= visit.enter_ms < end
            row.add_stay(visit.person, min(visit.leave_ms, end) - max(visit.enter_ms, begin))
    steps = answers.occupancy([zone.name for zone in scene.zones])
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        until = after.at_ms if after is not None and after.zone == step.zone else duration_ms
        for hour, begin, _ in _within(spans, step.at_ms, max(until, step.at_ms + 1)):
            row = found[step.zone, hour]
            if step.people > row.most_people:
                row.most_people, row.most_at_ms = step.people, max(step.at_ms, begin)
    return list(found.values())


def line_hours(answers: VideoAnswers, scene: Scene, clock: Clock, duration_ms: int) -> list[LineHour]:
    """Every hour that the video shows, line by line, those without a crossing too."""
    spans = list(_hours(clock, duration_ms))
    found = {
        (line.name, hour): LineHour(line.name, hour, end - begin)
        for line in scene.lines
        for hour, begin, end in spans
    }
    for crossing in answers.crossings():
        for hour, _, _ in _within(spans, crossing.at_ms, crossing.at_ms + 1):
            row = found[crossing.line, hour]
            row.into += crossing.direction == "in"
            row.out += crossing.direction == "out"
    return list(found.values())


def duration_of(answers: VideoAnswers, duration_ms: int | None) -> int:
    """The video's duration, at least to the last moment that an answer is about."""
    ends = [visit.leave_ms for visit in answers.visits()]
    ends += [crossing.at_ms + 1 for crossing in answers.crossings()]
    return max([duration_ms or 0, 1, *ends])


def _hours(clock: Clock, duration_ms: int) -> Iterator[tuple[str, int, int]]:
    """Each hour with the ms of the video at which it begins and ends."""
    begin = 0
    while begin < duration_ms:
        hour, end = clock.hour(begin)
        yield hour, begin, min(end, duration_ms)
        begin = end


def _within(spans: list[tuple[str, int, int]], begin: int, end: int) -> Iterator[tuple[str, int, int]]:
    return (span for span in spans if span[1] < end and begin < span[2])
