"""Reading and changing META items. Every change is conditional, so that of two writers one wins and the other
knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.rekognition.errors import reason_of
from pipeline.runtime.clock import expiry, iso
from pipeline.runtime.observability import logger
from pipeline.storage.attribute_values import attribute, item, plain_item
from pipeline.storage.video_record import FAILED, IN_PROGRESS, SCHEMA_VERSION, SUBMITTING, Meta, video_key
from pipeline.video import Video
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

META = "META"
BY_STATUS = "by-status"

# What belongs to one attempt and must not outlive it.
_OF_AN_ATTEMPT = (
    "JobId",
    "StartedAt",
    "StatusMessage",
    "Resumable",
    "Repairs",
    "Checkpoint",
    "LeaseOwner",
    "LeaseUntil",
    "AnnouncedAt",
    "CompletedAt",
    "PeopleCount",
    "RecordCount",
    "VideoMetadata",
    "ResultsPrefix",
)


class Metas:
    """META items of one table."""

    def __init__(self, client: DynamoDBClient, table: str, retention_days: int) -> None:
        self._client = client
        self._table = table
        self._retention_days = retention_days

    def get(self, video_id: str) -> Meta | None:
        """The META of a video, or None; a strongly consistent read."""
        found = self._client.get_item(TableName=self._table, Key=_key(video_id), ConsistentRead=True)
        return Meta.of(plain_item(found["Item"])) if "Item" in found else None

    def known(self, video_ids: Sequence[str]) -> set[str]:
        """Those of at most 100 video ids that have a META."""
        keys = [_key(video_id) for video_id in video_ids]
        known: set[str] = set()
        while keys:
            answer = self._client.batch_get_item(
                RequestItems={
                    self._table: {"Keys": keys, "ProjectionExpression": "PK, SK", "ConsistentRead": True}
                }
            )
            known |= {
                plain_item(found)["PK"].removeprefix("VIDEO#") for found in answer["Responses"][self._table]
            }
            unread = answer.get("UnprocessedKeys", {})
            keys = list(unread[self._table]["Keys"]) if unread else []
        return known

    def with_status(self, status: str, until: str) -> Iterator[Meta]:
        """METAs of a status last touched before `until` (ISO), the longest untouched first.

        One that cannot be read is left out, and logged: it must not hide those behind it.
        """
        for page in self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_STATUS,
            KeyConditionExpression="GSI1PK = :status AND GSI1SK < :until",
            ExpressionAttributeValues=item({":status": f"STATUS#{status}", ":until": until}),
        ):
            for found in page["Items"]:
                try:
                    meta = Meta.of(plain_item(found))
                except (KeyError, TypeError) as error:
                    logger.warning("Unreadable META", extra={"item": found["PK"], "reason": reason_of(error)})
                else:
                    yield meta

    def create(self, video: Video, sequencer: str | None) -> bool:
        """Write the first attempt's META. False when there is one already."""
        now = iso()
        values = {
            "PK": video_key(video.id),
            "SK": META,
            "Bucket": video.bucket,
            "Key": video.key,
            "VersionId": video.version,
            "JobTag": video.id,
            "Attempt": 1,
            "SubmittedAt": now,
            "SchemaVersion": SCHEMA_VERSION,
            "ExpiresAt": expiry(self._retention_days),
            **({"Sequencer": sequencer} if sequencer else {}),
            **_status(SUBMITTING, now),
        }
        try:
            self._client.put_item(
                TableName=self._table, Item=item(values), ConditionExpression="attribute_not_exists(PK)"
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def begin_attempt(self, meta: Meta, sequencer: str | None) -> bool:
        """Begin the attempt after `meta`'s. False when another has begun it."""
        now = iso()
        previous = meta.previous_job_ids | ({meta.job_id} if meta.job_id else set())
        return self._update(
            meta.video.id,
            {
                "Attempt": meta.attempt + 1,
                "SubmittedAt": now,
                "ExpiresAt": expiry(self._retention_days),
                **({"Sequencer": sequencer} if sequencer else {}),
                **({"PreviousJobIds": previous} if previous else {}),
                **_status(SUBMITTING, now),
            },
            "Attempt = :was AND UpdatedAt = :touched",
            {":was": meta.attempt, ":touched": meta.updated_at},
            remove=_OF_AN_ATTEMPT,
        )

    def record_job(self, video_id: str, attempt: int, job_id: str) -> bool:
        """The attempt's job has started. False when META has moved on, to this job or another attempt."""
        now = iso()
        return self._update(
            video_id,
            {"JobId": job_id, "StartedAt": now, **_status(IN_PROGRESS, now)},
            "Attempt = :attempt AND #Status = :submitting",
            {":attempt": attempt, ":submitting": SUBMITTING},
            # It got further: what it took to submit it is not held against its collection.
            remove=("StatusMessage", "Repairs"),
        )

    def disown_job(self, video_id: str, job_id: str) -> None:
        """Remember the job of an attempt that is over, so that its completion is not taken for ours."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(video_id),
            UpdateExpression="ADD PreviousJobIds :job",
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues={":job": {"SS": [job_id]}},
        )

    def note(self, meta: Meta, message: str) -> bool:
        """Say in META why the video is not getting on, without changing its status."""
        return self._update(
            meta.video.id,
            {"StatusMessage": message, **_status(meta.status, iso())},
            "Attempt = :attempt AND #Status = :status",
            {":attempt": meta.attempt, ":status": meta.status},
        )

    def waits(self, meta: Meta, reason: str) -> bool:
        """Say in META what the video waits for. It is on its way, so earlier repairs have helped."""
        return self._update(
            meta.video.id,
            {"StatusMessage": f"Waiting: {reason}", **_status(meta.status, iso())},
            "Attempt = :attempt AND #Status = :status",
            {":attempt": meta.attempt, ":status": meta.status},
            remove=("Repairs",),
        )

    def count_repair(self, meta: Meta, message: str | None = None) -> bool:
        """The reconciler sends this attempt on its way again, or cannot, for which `message` says why."""
        return self._update(
            meta.video.id,
            {
                "Repairs": meta.repairs + 1,
                **({"StatusMessage": message} if message else {}),
                **_status(meta.status, iso()),
            },
            "Attempt = :attempt AND #Status = :status AND UpdatedAt = :touched",
            {":attempt": meta.attempt, ":status": meta.status, ":touched": meta.updated_at},
        )

    def fail(self, meta: Meta, reason: str, *, resumable: bool = False, untouched: bool = False) -> bool:
        """The attempt has failed. False when META has moved on since `meta` was read.

        `untouched` asks that nothing at all was changed since, for a writer who was told of no failure but
        concludes it from META having stood still.
        """
        now = iso()
        condition = "Attempt = :attempt AND #Status = :status"
        values = {":attempt": meta.attempt, ":status": meta.status}
        if untouched:
            condition += " AND UpdatedAt = :touched"
            values[":touched"] = meta.updated_at
        return self._update(
            meta.video.id,
            {
                "StatusMessage": reason,
                "CompletedAt": now,
                **({"Resumable": True} if resumable else {}),
                **_status(FAILED, now),
            },
            condition,
            values,
            remove=("LeaseOwner", "LeaseUntil"),
        )

    def announced(self, meta: Meta) -> None:
        """The video's outcome has been published."""
        self._update(
            meta.video.id,
            {"AnnouncedAt": iso()},
            "Attempt = :attempt AND #Status = :status",
            {":attempt": meta.attempt, ":status": meta.status},
        )

    def _update(
        self,
        video_id: str,
        values: Mapping[str, Any],
        condition: str,
        condition_values: Mapping[str, Any],
        remove: Sequence[str] = (),
    ) -> bool:
        return update_meta(self._client, self._table, video_id, values, condition, condition_values, remove)


def update_meta(
    client: DynamoDBClient,
    table: str,
    video_id: str,
    values: Mapping[str, Any],
    condition: str,
    condition_values: Mapping[str, Any],
    remove: Sequence[str] = (),
) -> bool:
    """Set and remove attributes of a META where `condition` holds. False where it does not."""
    names = {f"#{name}": name for name in (*values, *remove)} | {"#Status": "Status"}
    expression = "SET " + ", ".join(f"#{name} = :v{place}" for place, name in enumerate(values))
    if remove:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
    mentioned = set(re.findall(r"#\w+", f"{expression} {condition}"))
    try:
        client.update_item(
            TableName=table,
            Key=_key(video_id),
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames={name: names[name] for name in mentioned},
            ExpressionAttributeValues={
                **{f":v{place}": attribute(value) for place, value in enumerate(values.values())},
                **item(condition_values),
            },
        )
    except ClientError as error:
        if code_of(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _status(status: str, now: str) -> dict[str, str]:
    """The attributes that change with every touch; the index follows them."""
    return {"Status": status, "UpdatedAt": now, "GSI1PK": f"STATUS#{status}", "GSI1SK": now}


def _key(video_id: str) -> dict[str, Any]:
    return {"PK": {"S": video_key(video_id)}, "SK": {"S": META}}
