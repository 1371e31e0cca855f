"""The queries the table supports, each with its key condition."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from .answers import (
    LONGEST_VISIT,
    Time,
    as_sorted,
    clock_time,
    crossing_of,
    line_hour_of,
    visit_of,
    zone_hour_of,
)
from .crossing import visits
from .errors import SchemaError
from .items import person_of, plain_item, video_of
from .model import (
    GAP_MS,
    Crossing,
    LineHour,
    Person,
    Point,
    Presence,
    Region,
    Video,
    Visit,
    Visits,
    ZoneHour,
)

SUPPORTED_SCHEMA = 1
"""The SchemaVersion this reader understands. Within one version items only ever gain attributes."""

STATUSES = ("SUCCEEDED", "FAILED", "COLLECTING", "IN_PROGRESS", "SUBMITTING")

_MINUTE = 60_000
LAST_MS = 99_999_999
"""Later than any video lasts, in the eight digits of a sort key."""


class Reader:
    """Reads one table.

    Args:
        table: its name, the stack's output TracksTable.
        client: a boto3 DynamoDB client; one of the default session where there is none.
    """

    def __init__(self, table: str, client: Any = None) -> None:
        self._table = table
        self._client = client if client is not None else boto3.client("dynamodb")

    def videos(
        self, status: str = "SUCCEEDED", day: str | datetime.date | None = None, *, newest_first: bool = False
    ) -> Iterator[Video]:
        """Videos of a status, by the time they reached it.

        Args:
            status: SUBMITTING, IN_PROGRESS, COLLECTING, SUCCEEDED or FAILED.
            day: that day's (UTC) alone; a date or its start, as ``2026-11-20`` or ``2026-11``.
            newest_first: in descending order.
        """
        condition, values = "GSI1PK = :status", {":status": f"STATUS#{status}"}
        if day is not None:
            condition, values[":day"] = condition + " AND begins_with(GSI1SK, :day)", str(day)
        yield from map(
            video_of, self._query(condition, values, IndexName="by-status", ScanIndexForward=not newest_first)
        )

    def video(self, video_id: str) -> Video | None:
        """One video; strongly consistent."""
        key = {"PK": {"S": f"VIDEO#{video_id}"}, "SK": {"S": "META"}}
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return video_of(_understood(plain_item(found))) if found else None

    def people(self, video_id: str) -> Iterator[Person]:
        """The people of a video, by index."""
        for item in self._of_video(video_id, "begins_with(SK, :person)", {":person": "PERSON#"}):
            yield person_of(item)

    def path(self, video_id: str, index: int, start_ms: int = 0, end_ms: int = LAST_MS) -> Iterator[Point]:
        """Every box of one person, or those from `start_ms` up to and with `end_ms`, in time order."""
        begin = max(0, start_ms // _MINUTE * _MINUTE)
        bounds = {
            ":first": f"PATH#{index:05d}#{begin:08d}",
            ":last": f"PATH#{index:05d}#{min(max(end_ms, 0), LAST_MS):08d}",
        }
        for item in self._of_video(video_id, "SK BETWEEN :first AND :last", bounds):
            for point in item["Points"]:
                if start_ms <= point[0] <= end_ms:
                    yield Point(*point)

    def present(self, video_id: str, start_ms: int, end_ms: int) -> list[Presence]:
        """The people present between two times, both included, by index.

        A person counts from the first to the last record of each minute: an absence in the middle of
        a minute does not show. `path` shows it.
        """
        bounds = {
            ":first": f"TIME#{max(0, start_ms) // _MINUTE:05d}",
            ":last": f"TIME#{min(end_ms, LAST_MS) // _MINUTE:05d}~",
        }
        found: dict[int, Presence] = {}
        for item in self._of_video(video_id, "SK BETWEEN :first AND :last", bounds):
            for one in item["People"]:
                if one["FirstMillis"] <= end_ms and one["LastMillis"] >= start_ms:
                    known = found.get(one["Index"])
                    first = known.first_ms if known else one["FirstMillis"]
                    found[one["Index"]] = Presence(one["Index"], first, one["LastMillis"])
        return [found[index] for index in sorted(found)]

    def crossing(
        self,
        video_id: str,
        region: Region,
        start_ms: int = 0,
        end_ms: int = LAST_MS,
        *,
        whole_box: bool = False,
    ) -> Iterator[Visits]:
        """Every path that crosses a region of the frame, with the times it was in it.

        People whose hull does not touch the region are left out; the paths of the others are read.

        Args:
            whole_box: whether any part of the box counts, instead of the feet alone.
        """
        video = self.video(video_id)
        gap_ms = video.gap_ms if video else GAP_MS
        for person in self.people(video_id):
            if person.hull is None or not region.touches(person.hull):
                continue
            if person.first_ms > end_ms or person.last_ms < start_ms:
                continue
            path = self.path(video_id, person.index, start_ms, end_ms)
            times = visits(path, region, whole_box=whole_box, gap_ms=gap_ms)
            if times:
                yield Visits(person.index, times)

    def visits(
        self,
        *,
        scene: str,
        zone: str,
        since: Time | None = None,
        until: Time | None = None,
        longer_than: float = 0,
    ) -> Iterator[Visit]:
        """Who was in a zone between two times, across videos and days, by the time they entered.

        Args:
            scene: its id.
            zone: its name.
            since, until: on the camera's clock; a visit that overlaps them counts.
            longer_than: seconds of dwell.
        """
        begin = clock_time(since) if since is not None else None
        first = begin - LONGEST_VISIT if begin else None
        for item in self._of_place("ZONE", scene, zone, "VISIT", first, until):
            if begin and item["LeftAt"] < as_sorted(begin):
                continue
            if item["DwellMillis"] > longer_than * 1000:
                yield visit_of(item)

    def crossings(
        self, *, scene: str, line: str, since: Time | None = None, until: Time | None = None
    ) -> Iterator[Crossing]:
        """Who crossed a line from `since` on and before `until`, on the camera's clock, by time."""
        first = clock_time(since) if since is not None else None
        yield from map(crossing_of, self._of_place("LINE", scene, line, "CROSSING", first, until))

    def occupancy(
        self,
        *,
        scene: str,
        zone: str,
        since: Time | None = None,
        until: Time | None = None,
        newest_first: bool = False,
    ) -> Iterator[ZoneHour]:
        """Counts of a zone for each hour that begins from `since` on and before `until`, and each video.

        Args:
            newest_first: in descending order.
        """
        first = clock_time(since) if since is not None else None
        found = self._of_place("ZONE", scene, zone, "HOUR", first, until, newest_first=newest_first)
        yield from map(zone_hour_of, found)

    def passages(
        self,
        *,
        scene: str,
        line: str,
        since: Time | None = None,
        until: Time | None = None,
        newest_first: bool = False,
    ) -> Iterator[LineHour]:
        """In and out of a line for each video and hour that begins from `since` on and before `until`.

        Args:
            newest_first: in descending order.
        """
        first = clock_time(since) if since is not None else None
        found = self._of_place("LINE", scene, line, "HOUR", first, until, newest_first=newest_first)
        yield from map(line_hour_of, found)

    def _of_place(
        self,
        kind: str,
        scene: str,
        name: str,
        what: str,
        first: datetime.datetime | None,
        until: Time | None,
        *,
        newest_first: bool = False,
    ) -> Iterator[dict[str, Any]]:
        begin = as_sorted(first) if first is not None else ""
        if what == "HOUR":
            begin = begin[:16]
        # Items have their offset after the time, so an end without one leaves its own instant out; "~" sorts
        # after every digit.
        end = as_sorted(clock_time(until)) if until is not None else "~"
        end = end[:16] if what == "HOUR" and until is not None else end
        yield from self._query(
            "GSI2PK = :place AND GSI2SK BETWEEN :first AND :last",
            {
                ":place": f"{kind}#{scene}#{name}",
                ":first": f"{what}#{begin}",
                ":last": f"{what}#{end}",
            },
            IndexName="by-place",
            ScanIndexForward=not newest_first,
        )

    def _of_video(self, video_id: str, condition: str, values: dict[str, str]) -> Iterator[dict[str, Any]]:
        return self._query(f"PK = :video AND {condition}", {":video": f"VIDEO#{video_id}", **values})

    def _query(self, condition: str, values: Mapping[str, str], **more: Any) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            **more,
        )
        for page in pages:
            for item in page["Items"]:
                yield _understood(plain_item(item))


def _understood(item: dict[str, Any]) -> dict[str, Any]:
    version = item.get("SchemaVersion", SUPPORTED_SCHEMA)
    if version > SUPPORTED_SCHEMA:
        raise SchemaError(
            f"The table holds items of schema {version}, this reader supports {SUPPORTED_SCHEMA}: "
            "upgrade people-pathing-reader."
        )
    return item
