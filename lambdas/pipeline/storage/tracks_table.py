"""A video's tracks in the table: the items PERSON#, PATH# and TIME# beside its record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from pipeline.path.points import Point, rounded
from pipeline.storage.attribute_values import item, plain_item
from pipeline.storage.batch_writer import BatchWriter
from pipeline.storage.video_record import META, SCHEMA_VERSION, video_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

PATH_MILLIS = 60_000
"""Length of a PATH# item and of a TIME# item: a minute."""

PATH_POINTS = 2_000
"""Most points of a PATH# item; a minute at 15 Hz has 900. DynamoDB takes items up to 400 KB. A point is at
most 5 numbers of 21 bytes and their overhead, 111 bytes: 2,000 are 222 KB."""

MINUTE_PEOPLE = 2_000
"""Most people of a TIME# item. An entry is at most 4 such numbers under 4 short names, 112 bytes."""


@dataclass(frozen=True)
class Presence:
    """One person in one minute: first and last timestamp there in ms, and how many records."""

    minute: int
    first: int
    last: int
    records: int


class TracksTable:
    """Items of one job of one video. Every item names its job, so that those of an earlier job are known."""

    def __init__(
        self, client: DynamoDBClient, table: str, video_id: str, job_id: str, expires_at: int
    ) -> None:
        self._client = client
        self._table = table
        self._partition = video_key(video_id)
        self._common = {
            "PK": self._partition,
            "JobId": job_id,
            "SchemaVersion": SCHEMA_VERSION,
            "ExpiresAt": expires_at,
        }
        self._job_id = job_id
        self.writer = BatchWriter(client, table)

    def put_person(self, index: int, values: Mapping[str, Any]) -> None:
        """Write the summary of one person."""
        self.writer.put(item({**self._common, "SK": f"PERSON#{index:05d}", "Index": index, **values}))

    def put_path(self, index: int, points: Sequence[Point]) -> None:
        """Write at most PATH_POINTS points of one person, in time order."""
        start = points[0][0]
        values = {**self._common, "SK": f"PATH#{index:05d}#{start:08d}", "Index": index, "StartMillis": start}
        # Written by hand: millions of these go by.
        stored = ",".join(map(_stored, points)).encode()
        self.writer.put_encoded(to_json(item(values))[:-1] + b',"Points":{"L":[%b]}}' % stored)

    def put_minute(self, minute: int, people: Sequence[Mapping[str, Any]]) -> None:
        """Write the people of one minute; a crowd goes on in further, numbered items of the minute."""
        for part, begin in enumerate(range(0, len(people), MINUTE_PEOPLE)):
            sort = f"TIME#{minute:05d}" + (f"#{part:03d}" if part else "")
            some = people[begin : begin + MINUTE_PEOPLE]
            self.writer.put(item({**self._common, "SK": sort, "Minute": minute, "People": list(some)}))

    def persons(self) -> Iterator[dict[str, Any]]:
        """Every person's summary without the path, in order of index."""
        names = (
            "Index",
            "FirstMillis",
            "LastMillis",
            "Points",
            "SecondsSeen",
            "FacesSeen",
            "TrackKey",
            "Minutes",
        )
        for page in self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="PK = :video AND begins_with(SK, :person)",
            FilterExpression="JobId = :job",
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ExpressionAttributeValues=item(
                {":video": self._partition, ":person": "PERSON#", ":job": self._job_id}
            ),
            ConsistentRead=True,
        ):
            yield from (plain_item(found) for found in page["Items"])

    def delete_others(self) -> None:
        """Delete the items that an earlier job left of this video."""
        _delete(self._client, self._table, self._partition, but_of_job=self._job_id)


def _stored(point: Point) -> str:
    """The point in DynamoDB's JSON. Raises ValueError for NaN and infinities."""
    millis, left, top, width, height = rounded(point)
    if not math.isfinite(left + top + width + height):
        raise ValueError(f"{point} cannot be stored as numbers")
    return (
        f'{{"L":[{{"N":"{millis}"}},{{"N":"{left}"}},{{"N":"{top}"}},{{"N":"{width}"}},{{"N":"{height}"}}]}}'
    )


def delete_items(client: DynamoDBClient, table: str, video_id: str) -> None:
    """Delete every item of a video but META."""
    _delete(client, table, video_key(video_id), but_of_job="")


def delete_items_of(client: DynamoDBClient, table: str, video_id: str, prefixes: Sequence[str]) -> None:
    """Delete the items of a video whose sort keys begin so."""
    partition = video_key(video_id)
    with BatchWriter(client, table) as writer:
        for prefix in prefixes:
            for page in client.get_paginator("query").paginate(
                TableName=table,
                KeyConditionExpression="PK = :video AND begins_with(SK, :prefix)",
                ProjectionExpression="SK",
                ExpressionAttributeValues=item({":video": partition, ":prefix": prefix}),
                ConsistentRead=True,
            ):
                for found in page["Items"]:
                    writer.delete(partition, found["SK"]["S"])


def _delete(client: DynamoDBClient, table: str, partition: str, but_of_job: str) -> None:
    with BatchWriter(client, table) as writer:
        # A filter may not name a key: META is left out below.
        for page in client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="PK = :video",
            FilterExpression="JobId <> :job",
            ProjectionExpression="SK",
            ExpressionAttributeValues=item({":video": partition, ":job": but_of_job}),
        ):
            for found in page["Items"]:
                if found["SK"]["S"] != META:
                    writer.delete(partition, found["SK"]["S"])
