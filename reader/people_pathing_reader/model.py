"""What is read. Times are milliseconds from the start of the video; positions are ratios of the frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

GAP_MS = 1_000
"""`Video.gap_ms` of a video of at least 1.5 frames a second."""


class Point(NamedTuple):
    """A person's box at one time. It may lie partly outside the frame."""

    ms: int
    left: float
    top: float
    width: float
    height: float

    @property
    def feet(self) -> tuple[float, float]:
        """The middle of the lower edge, where feet meet the ground: x, y."""
        return self.left + self.width / 2, self.top + self.height


class Region(NamedTuple):
    """A part of the frame."""

    left: float
    top: float
    width: float
    height: float

    def touches(self, other: Region) -> bool:
        """Whether the two have anything in common, an edge included."""
        return (
            self.left <= other.left + other.width
            and other.left <= self.left + self.width
            and self.top <= other.top + other.height
            and other.top <= self.top + self.height
        )


@dataclass(frozen=True)
class Video:
    """One version of one object in the videos bucket, and the state of its tracking.

    Attributes:
        status: SUBMITTING, IN_PROGRESS, COLLECTING, SUCCEEDED or FAILED.
        reason: why it failed, or what it is waiting for; of one that SUCCEEDED, what is missing, if anything.
        updated_at: ISO-8601 UTC; of a video that has SUCCEEDED or FAILED, when it did.
        job_id: the tracking job's, once it has one.
        people: how many were found; 0 until SUCCEEDED.
        results_prefix: where the full tracks and the report lie in the results bucket, once SUCCEEDED.
        metadata: Rekognition's VideoMetadata, once SUCCEEDED.
        gap_ms: a person not reported for longer than this was away.
    """

    id: str
    bucket: str
    key: str
    version: str
    status: str
    updated_at: str
    reason: str | None
    job_id: str | None
    people: int
    results_prefix: str | None
    metadata: Mapping[str, Any]
    gap_ms: int = GAP_MS


@dataclass(frozen=True)
class Person:
    """One person of one video.

    Attributes:
        index: Rekognition's Person.Index.
        records: how many times the person was reported.
        seconds_seen: absences longer than the video's gap_ms left out.
        faces: records with a face.
        hull: the smallest region around all boxes; None of a person of whom only a face was seen.
        path: the path simplified to at most 200 points; `Reader.path` gives all.
        track_key: where the full records lie in the results bucket.
        link_confidence: the probability that the path is one person's at its weakest link, 0..1; None where
            the tracking service does not say.
        weakest_link_ms: from when on it may be another person's; None where nothing was in doubt.
    """

    index: int
    first_ms: int
    last_ms: int
    records: int
    seconds_seen: float
    faces: int
    hull: Region | None
    path: tuple[Point, ...]
    track_key: str
    link_confidence: float | None = None
    weakest_link_ms: int | None = None


@dataclass(frozen=True)
class Presence:
    """A person who was present, first and last seen within the time asked for or its whole minutes."""

    index: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True)
class Visits:
    """A person who was in a region: from when to when, each time."""

    index: int
    times: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Visit:
    """One stay of one path in one zone.

    Attributes:
        index: Rekognition's Person.Index, of this video alone.
        entered_at, left_at: on the camera's clock, ISO 8601 with its offset.
        enter_ms, leave_ms: from the start of the video.
        began: crossed or appeared.
        ended: crossed, left_picture, disappeared or video_ended.
    """

    scene: str
    zone: str
    video_id: str
    key: str
    index: int
    entered_at: str
    left_at: str
    enter_ms: int
    leave_ms: int
    dwell_ms: int
    began: str
    ended: str


@dataclass(frozen=True)
class Crossing:
    """One crossing of one line by one path; `direction` is in or out."""

    scene: str
    line: str
    video_id: str
    key: str
    index: int
    crossed_at: str
    at_ms: int
    direction: str


@dataclass(frozen=True)
class ZoneHour:
    """A zone within one hour of the camera's clock, in one video.

    Attributes:
        hour: `2026-11-20T10:00+01:00`.
        observed_ms: how much of the hour the video shows.
        visits: that began in it.
        paths: how many were in the zone.
        dwell_ms: of all of them together.
        most_people: at one time, at `most_people_at`.
    """

    scene: str
    zone: str
    video_id: str
    key: str
    hour: str
    observed_ms: int
    visits: int
    paths: int
    dwell_ms: int
    most_people: int
    most_people_at: str


@dataclass(frozen=True)
class LineHour:
    """A line within one hour of the camera's clock, in one video."""

    scene: str
    line: str
    video_id: str
    key: str
    hour: str
    observed_ms: int
    went_in: int
    went_out: int
