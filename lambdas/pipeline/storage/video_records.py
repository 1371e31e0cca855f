"""Reading and changing videos' records. Every change is conditional, so that of two writers one wins and the
other knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.messages import reason_of
from pipeline.runtime.clock import expiry, iso
from pipeline.runtime.observability import logger
from pipeline.storage.attribute_values import attribute, item, plain_item
from pipeline.storage.video_record import (
    FAILED,
    IN_PROGRESS,
    META,
    SCHEMA_VERSION,
    SUBMITTING,
    VideoRecord,
    video_key,
)
from pipeline.video import Video
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

BY_STATUS = "by-status"
"""The index of records by status and last change."""

_OF_AN_ATTEMPT = (
    "JobId",
    "StartedAt",
    "StatusMessage",
    "Resumable",
    "Repairs",
    "AutomaticRetries",
    "NotBefore",
    "Checkpoint",
    "LeaseOwner",
    "LeaseUntil",
    "AnnouncedAt",
    "CompletedAt",
    "PeopleCount",
    "RecordCount",
    "VideoMetadata",
    "GapMillis",
    "ResultsPrefix",
    "ShownAspect",
    "RecordedAt",
    "Answers",
    "AnswersOwner",
    "AnswersUntil",
    "PathsDropped",
)
"""Attributes that belong to one attempt and must not outlive it."""


@dataclass(frozen=True)
class Condition:
    """What must hold of a record for a change: a DynamoDB condition, its values by placeholder."""

    expression: str
    values: Mapping[str, Any]


class VideoRecords:
    """The videos' records in one table."""

    def __init__(self, client: DynamoDBClient, table: str, retention_days: int) -> None:
        self._client = client
        self._table = table
        self._retention_days = retention_days

    def get(self, video_id: str) -> VideoRecord | None:
        """The record of a video, or None; a strongly consistent read."""
        found = self._client.get_item(TableName=self._table, Key=_key(video_id), ConsistentRead=True)
        return VideoRecord.of(plain_item(found["Item"])) if "Item" in found else None

    def recorded(self, video_ids: Sequence[str]) -> set[str]:
        """Those of at most 100 video ids that have a record."""
        keys = [_key(video_id) for video_id in video_ids]
        recorded: set[str] = set()
        while keys:
            answer = self._client.batch_get_item(
                RequestItems={
                    self._table: {"Keys": keys, "ProjectionExpression": "PK, SK", "ConsistentRead": True}
                }
            )
            recorded |= {
                plain_item(found)["PK"].removeprefix("VIDEO#") for found in answer["Responses"][self._table]
            }
            unread = answer.get("UnprocessedKeys", {})
            keys = list(unread[self._table]["Keys"]) if unread else []
        return recorded

    def with_status(self, status: str, until: str) -> Iterator[VideoRecord]:
        """Records of a status last changed before `until` (ISO), the longest unchanged first.

        One that cannot be read is left out and logged: it must not hide those behind it.
        """
        return self._by_status(status, "GSI1SK < :time", until)

    def since(self, status: str, since: str) -> Iterator[VideoRecord]:
        """Records of a status last changed at `since` (ISO, "" for any time) or later, in that order.

        One that cannot be read is left out and logged.
        """
        # A key may not be compared with an empty text.
        return self._by_status(status, "GSI1SK >= :time", since or "0")

    def _by_status(self, status: str, condition: str, time: str) -> Iterator[VideoRecord]:
        for page in self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_STATUS,
            KeyConditionExpression=f"GSI1PK = :status AND {condition}",
            ExpressionAttributeValues=item({":status": f"STATUS#{status}", ":time": time}),
        ):
            for found in page["Items"]:
                try:
                    record = VideoRecord.of(plain_item(found))
                except (KeyError, TypeError) as error:
                    logger.warning(
                        "Unreadable record", extra={"item": found["PK"], "reason": reason_of(error)}
                    )
                else:
                    yield record

    def create(self, video: Video, sequencer: str | None, uploaded_at: str | None = None) -> bool:
        """Write the first attempt's record. False when there is one already.

        `uploaded_at` (ISO): when the object was uploaded; now where it is not known.
        """
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
            "UploadedAt": uploaded_at or now,
            "SchemaVersion": SCHEMA_VERSION,
            "ExpiresAt": expiry(self._retention_days),
            **({"Sequencer": sequencer} if sequencer else {}),
            **status_values(SUBMITTING, now),
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

    def begin_attempt(
        self,
        record: VideoRecord,
        sequencer: str | None,
        *,
        keep_retries: bool = False,
        uploaded_at: str | None = None,
    ) -> bool:
        """Begin the attempt after this one. False when another writer has begun it.

        The count of automatic retries starts again from none, unless it is to be kept. `uploaded_at` (ISO):
        of an upload that replaced the one before.
        """
        values: dict[str, Any] = {"Sequencer": sequencer} if sequencer else {}
        if uploaded_at:
            values["UploadedAt"] = uploaded_at
        if keep_retries and record.automatic_retries:
            values["AutomaticRetries"] = record.automatic_retries
        condition = Condition(
            "Attempt = :attempt AND UpdatedAt = :updated",
            {":attempt": record.attempt, ":updated": record.updated_at},
        )
        return self._begin_next(record, values, condition)

    def begin_retry(
        self, record: VideoRecord, reason: str, not_before: str | None = None, *, unchanged: bool = False
    ) -> bool:
        """Begin the attempt after this one, which failed for a `reason` that is not the video's; count it.

        `not_before` (ISO) is the earliest time to submit it. False when the record has moved on since it was
        read; `unchanged` as for `fail`.
        """
        values = {
            "AutomaticRetries": record.automatic_retries + 1,
            "StatusMessage": reason,
            **({"NotBefore": not_before} if not_before else {}),
        }
        condition = _unchanged(record) if unchanged else _same_attempt_and_status(record)
        return self._begin_next(record, values, condition)

    def _begin_next(self, record: VideoRecord, values: Mapping[str, Any], condition: Condition) -> bool:
        now = iso()
        previous = record.previous_job_ids | ({record.job_id} if record.job_id else set())
        return self.update(
            record.video.id,
            {
                "Attempt": record.attempt + 1,
                "SubmittedAt": now,
                "ExpiresAt": expiry(self._retention_days),
                **({"PreviousJobIds": previous} if previous else {}),
                **status_values(SUBMITTING, now),
                **values,
            },
            condition,
            remove=[name for name in _OF_AN_ATTEMPT if name not in values],
        )

    def record_job(self, record: VideoRecord, job_id: str) -> bool:
        """The attempt's job has started. False when the record has moved on to it or to another attempt."""
        now = iso()
        return self.update(
            record.video.id,
            {"JobId": job_id, "StartedAt": now, **status_values(IN_PROGRESS, now)},
            Condition(
                "Attempt = :attempt AND #Status = :submitting",
                {":attempt": record.attempt, ":submitting": SUBMITTING},
            ),
            # Repairs of the submission do not count against the collection.
            remove=("StatusMessage", "Repairs", "NotBefore"),
        )

    def disown_job(self, video_id: str, job_id: str) -> None:
        """Remember the job of an attempt that is over, so that its completion is ignored."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(video_id),
            UpdateExpression="ADD PreviousJobIds :job",
            ConditionExpression="attribute_exists(PK)",
            ExpressionAttributeValues={":job": {"SS": [job_id]}},
        )

    def note(self, record: VideoRecord, message: str, *, forget_repairs: bool = False) -> bool:
        """Say in the record why the video does not move on, without changing its status.

        `forget_repairs` for one that is on its way, which shows that earlier repairs have helped.
        """
        return self.update(
            record.video.id,
            {"StatusMessage": message, **status_values(record.status, iso())},
            _same_attempt_and_status(record),
            remove=("Repairs",) if forget_repairs else (),
        )

    def count_repair(self, record: VideoRecord, message: str | None = None) -> bool:
        """Count a repair of this attempt, or one that failed, for which `message` says why."""
        return self.update(
            record.video.id,
            {
                "Repairs": record.repairs + 1,
                **({"StatusMessage": message} if message else {}),
                **status_values(record.status, iso()),
            },
            _unchanged(record),
        )

    def fail(
        self, record: VideoRecord, reason: str, *, resumable: bool = False, unchanged: bool = False
    ) -> bool:
        """The attempt has failed. False when the record has moved on since it was read.

        `unchanged` asks that nothing at all has changed since, for a writer that concludes the failure from
        the record having stood still.
        """
        now = iso()
        return self.update(
            record.video.id,
            {
                "StatusMessage": reason,
                "CompletedAt": now,
                **({"Resumable": True} if resumable else {}),
                **status_values(FAILED, now),
            },
            _unchanged(record) if unchanged else _same_attempt_and_status(record),
            remove=("LeaseOwner", "LeaseUntil"),
        )

    def mark_announced(self, record: VideoRecord) -> None:
        """The video's outcome has been published."""
        self.update(record.video.id, {"AnnouncedAt": iso()}, _same_attempt_and_status(record))

    def update(
        self, video_id: str, values: Mapping[str, Any], condition: Condition, remove: Sequence[str] = ()
    ) -> bool:
        """Set and remove attributes of a record where the condition holds. False where it does not.

        The condition may name any of these attributes, and `Status`, behind a `#`.
        """
        names = {f"#{name}": name for name in (*values, *remove, "Status")}
        expression = "SET " + ", ".join(f"#{name} = :v{place}" for place, name in enumerate(values))
        if remove:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
        mentioned = set(re.findall(r"#\w+", f"{expression} {condition.expression}"))
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(video_id),
                UpdateExpression=expression,
                ConditionExpression=condition.expression,
                ExpressionAttributeNames={name: names[name] for name in mentioned},
                ExpressionAttributeValues={
                    **{f":v{place}": attribute(value) for place, value in enumerate(values.values())},
                    **item(condition.values),
                },
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def status_values(status: str, now: str) -> dict[str, str]:
    """The attributes that change with every change of a record; the index follows them."""
    return {"Status": status, "UpdatedAt": now, "GSI1PK": f"STATUS#{status}", "GSI1SK": now}


def _same_attempt_and_status(record: VideoRecord) -> Condition:
    return Condition(
        "Attempt = :attempt AND #Status = :status", {":attempt": record.attempt, ":status": record.status}
    )


def _unchanged(record: VideoRecord) -> Condition:
    same = _same_attempt_and_status(record)
    return Condition(
        f"{same.expression} AND UpdatedAt = :updated", {**same.values, ":updated": record.updated_at}
    )


def _key(video_id: str) -> dict[str, Any]:
    return {"PK": {"S": video_key(video_id)}, "SK": {"S": META}}
