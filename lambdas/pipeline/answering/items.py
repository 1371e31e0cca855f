"""Answers as items of the table: VISIT#, CROSSING#, ZONE# and LINE# beside the video's record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.answers.output.hours import line_hours, zone_hours
from pipeline.answers.output.tables import Answered
from pipeline.answers.scenes.clock import Clock
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.storage.attribute_values import item
from pipeline.storage.batch_writer import BatchWriter
from pipeline.storage.tracks_table import delete_items_of
from pipeline.storage.video_record import SCHEMA_VERSION, VideoRecord, video_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SINGLE = ("VISIT#", "CROSSING#")
"""How the sort keys of items about one person begin."""

COUNTS = ("ZONE#", "LINE#")
"""How the sort keys of counts begin."""

CASE = "RULE#"
"""How the sort keys of broken rules begin."""

Values = dict[str, Any]


def items_of(answered: Answered, stored: StoredScene) -> Iterator[Values]:
    """What the items hold beside the keys of their partition: visits, crossings, and counts by the hour."""
    if stored.scene.keep == "all":
        yield from _visits(answered, stored.id)
        yield from _crossings(answered, stored.id)
    yield from _zones(answered, stored.id)
    yield from _lines(answered, stored.id)


def place(kind: str, scene_id: str, name: str, sort: str) -> Values:
    """The keys of the index `by-place`; kind is `ZONE` or `LINE`."""
    return {"GSI2PK": f"{kind}#{scene_id}#{name}", "GSI2SK": sort}


class AnswerItems:
    """The items of one video's answers."""

    def __init__(self, client: DynamoDBClient, table: str, record: VideoRecord, expires_at: int) -> None:
        self._client = client
        self._table = table
        self._video_id = record.video.id
        self._common = {
            "PK": video_key(record.video.id),
            "JobId": record.job_id,
            "VideoId": record.video.id,
            "Key": record.video.key,
            "SchemaVersion": SCHEMA_VERSION,
            "ExpiresAt": expires_at,
        }

    def write(self, stored: StoredScene, items: Iterator[Values]) -> None:
        """Write items of one revision of a scene; those of another must be deleted before."""
        scene = {"Scene": stored.id, "Revision": stored.revision}
        with BatchWriter(self._client, self._table) as writer:
            for values in items:
                writer.put(item({**self._common, **scene, **values}))

    def delete(self, prefixes: tuple[str, ...]) -> None:
        """Delete the items whose sort keys begin so. Done when it returns."""
        delete_items_of(self._client, self._table, self._video_id, prefixes)

    def has(self, sort: str) -> bool:
        """Whether there is an item of this sort key."""
        key = item({"PK": self._common["PK"], "SK": sort})
        return "Item" in self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)


def _visits(answered: Answered, scene_id: str) -> Iterator[Values]:
    numbers = {zone.name: number for number, zone in enumerate(answered.scene.zones)}
    for visit in answered.answers.visits():
        entered = answered.clock.text(visit.enter_ms)
        yield {
            "SK": f"VISIT#{visit.enter_ms:08d}#{visit.person:05d}#{numbers[visit.zone]:03d}",
            "Zone": visit.zone,
            "Index": visit.person,
            "EnterMillis": visit.enter_ms,
            "LeaveMillis": visit.leave_ms,
            "DwellMillis": visit.dwell_ms,
            "EnteredAt": entered,
            "LeftAt": answered.clock.text(visit.leave_ms),
            "Began": visit.began,
            "Ended": visit.ended,
            **place("ZONE", scene_id, visit.zone, f"VISIT#{entered}"),
        }


def _crossings(answered: Answered, scene_id: str) -> Iterator[Values]:
    numbers = {line.name: number for number, line in enumerate(answered.scene.lines)}
    seen: set[str] = set()
    for crossing in answered.answers.crossings():
        at = answered.clock.text(crossing.at_ms)
        sort = f"CROSSING#{crossing.at_ms:08d}#{crossing.person:05d}#{numbers[crossing.line]:03d}"
        # Two crossings of one line within the same ms.
        while sort in seen:
            sort += "+"
        seen.add(sort)
        yield {
            "SK": sort,
            "Line": crossing.line,
            "Index": crossing.person,
            "AtMillis": crossing.at_ms,
            "CrossedAt": at,
            "Direction": crossing.direction,
            **place("LINE", scene_id, crossing.line, f"CROSSING#{at}"),
        }


def _zones(answered: Answered, scene_id: str) -> Iterator[Values]:
    clock: Clock = answered.clock
    numbers = {zone.name: number for number, zone in enumerate(answered.scene.zones)}
    for row in zone_hours(answered.answers, answered.scene, clock, answered.shown_ms):
        yield {
            "SK": f"ZONE#{numbers[row.zone]:03d}#{row.hour}",
            "Zone": row.zone,
            **_hour(row.hour, row.observed_ms),
            "Visits": row.visits,
            "Paths": row.paths,
            "DwellMillis": row.dwell_ms,
            "MostPeople": row.most_people,
            "MostPeopleAt": clock.text(row.most_at_ms),
            **place("ZONE", scene_id, row.zone, f"HOUR#{row.hour}"),
        }


def _lines(answered: Answered, scene_id: str) -> Iterator[Values]:
    numbers = {line.name: number for number, line in enumerate(answered.scene.lines)}
    for row in line_hours(answered.answers, answered.scene, answered.clock, answered.shown_ms):
        yield {
            "SK": f"LINE#{numbers[row.line]:03d}#{row.hour}",
            "Line": row.line,
            **_hour(row.hour, row.observed_ms),
            "In": row.into,
            "Out": row.out,
            **place("LINE", scene_id, row.line, f"HOUR#{row.hour}"),
        }


def _hour(hour: str, observed_ms: int) -> Mapping[str, Any]:
    return {"Hour": hour, "ObservedMillis": observed_ms}
