"""Jobs and their life, in one DynamoDB table whose only key is `PK`.

| PK | holds |
|---|---|
| `JOB#<id>` | the job: what was asked, `Status`, `Stage`, progress, outcome, whether its end was published |
| `TOKEN#<token>` | a ClientRequestToken: its job and a digest of the call's parameters, for 7 days |
| `OPEN` | `Jobs`, the set of jobs under way; its size is the number AWS limits to 20 |
| `TURNS` | whose turn it is to detect, see `jobs.detection_turns` |

Progress: `Stage` goes through the values of `Stage`; while it is `DETECTING`, `SegmentsDone` (a number set,
absent while empty) holds the finished ones of `SegmentsTotal` segments. `VideoFault` is there from the moment
a step finds the video at fault. Times are epoch milliseconds, except `ExpiresAt`, the table's TTL attribute,
in epoch seconds. DynamoDB may take two days over a TTL, so every read compares `ExpiresAt` itself.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from engine.jobs.model import (
    Found,
    Job,
    NoSuchJobError,
    Status,
    Submission,
    Token,
    TokenTakenError,
    TooManyOpenJobsError,
)
from engine.jobs.open_jobs import OpenJobs
from engine.jobs.transaction import CONDITION_FAILED, write_all
from engine.stage import Stage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_T = TypeVar("_T")

KEPT_SECONDS = 7 * 24 * 3600
"""How long a token binds and a finished job's results are kept."""

NEVER_STARTED_SECONDS = 15 * 60
"""An accepted job whose execution has not started by then never will be: no Lambda invocation runs longer."""

LONGEST_SECONDS = 25 * 3600
"""No execution lasts as long, a day at most and an hour to settle it: an older open job was lost."""


class JobsTable:
    """The only code that reads or writes the jobs table."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._open = OpenJobs(table)
        self._clock = clock

    def token(self, token: str) -> Token | None:
        """What a ClientRequestToken is bound to, None when it is free."""
        item = self._get(f"TOKEN#{token}")
        return Token(str(item["JobId"]), str(item["Fingerprint"])) if item else None

    def find(self, job_id: str) -> Job:
        """Raises NoSuchJobError."""
        item = self._get(f"JOB#{job_id}")
        if not item:
            raise NoSuchJobError(job_id)
        return _job(item)

    def accept(self, submission: Submission, found: Found, max_open: int) -> str:
        """Makes a job, binds its token and counts it as open: all three or none. Returns the new job's id.

        Raises TokenTakenError, TooManyOpenJobsError, TableBusyError.
        """
        return self._making_room(lambda: self._accept(submission, found, max_open))

    def reaccept(self, job_id: str, max_open: int) -> None:
        """Another call is about to start a job its first caller did not: it counts as open, from now on.

        Without this, one that is no longer counted would run uncounted. Raises TooManyOpenJobsError and
        TableBusyError.
        """
        self._making_room(lambda: self._reaccept(job_id, max_open))

    def started(self, job_id: str) -> bool:
        """The job's execution has started. False, and nothing done, where its first step was faster."""
        return self._update(
            job_id,
            "SET Stage = :stage",
            {":stage": Stage.STARTED.value, ":accepted": Stage.ACCEPTED.value},
            condition="Stage = :accepted",
        )

    def abandon(self, job_id: str, token: str | None) -> bool:
        """Undoes `accept`: the job's execution could not be started.

        False when another call with the token has started it meanwhile: then the job stands.
        """
        delete = self._delete(f"JOB#{job_id}")
        delete["Delete"] |= {
            "ConditionExpression": "Stage = :accepted",
            "ExpressionAttributeValues": {":accepted": Stage.ACCEPTED.value},
        }
        items = [delete, self._open.removing(job_id)]
        if token:
            items.append(self._delete(f"TOKEN#{token}"))
        return not write_all(self._table, items)

    def enter(self, job_id: str, stage: Stage) -> None:
        """A step begins. Does nothing to a job that is over."""
        self._update_open(job_id, "SET Stage = :stage", {":stage": stage.value})

    def planned(self, job_id: str, metadata: Mapping[str, Any], segments: int) -> None:
        """The video was read; `segments` items of detection begin. Does nothing to a job that is over."""
        self._update_open(
            job_id,
            "SET Stage = :stage, VideoMetadata = :metadata, SegmentsTotal = :total",
            {":stage": Stage.DETECTING.value, ":metadata": _decimals(metadata), ":total": segments},
        )

    def segment_done(self, job_id: str, segment: int) -> None:
        self._update(job_id, "ADD SegmentsDone :segment", {":segment": {segment}})

    def linked(self, job_id: str, people: int, records: int, note: str | None = None) -> None:
        """The results are written; `note`: what a reader must know. Does nothing to a job that is over."""
        self._update_open(
            job_id,
            "SET Stage = :stage, PeopleCount = :people, RecordCount = :records, Note = :note",
            {":stage": Stage.FINISHING.value, ":people": people, ":records": records, ":note": note},
        )

    def video_at_fault(self, job_id: str, reason: str) -> None:
        """A step found what is wrong with the video. The first reason stands."""
        self._update(job_id, "SET VideoFault = if_not_exists(VideoFault, :reason)", {":reason": reason})

    def complete(self, job_id: str, status: Status, message: str | None = None) -> Job:
        """Turns an open job SUCCEEDED or FAILED, once: every later call gets the first outcome.

        Raises NoSuchJobError, TableBusyError.
        """
        now = self._clock()
        values: dict[str, Any] = {
            ":status": status.value,
            ":open": Status.IN_PROGRESS.value,
            ":stage": Stage.DONE.value,
            ":now": int(now * 1000),
            ":expiry": int(now) + KEPT_SECONDS,
        }
        expression = "SET #status = :status, Stage = :stage, CompletedAt = :now, ExpiresAt = :expiry"
        if message is not None:
            expression += ", StatusMessage = :message"
            values[":message"] = message
        outcome = {
            "Update": {
                "TableName": self._table.name,
                "Key": {"PK": f"JOB#{job_id}"},
                "UpdateExpression": expression,
                "ConditionExpression": "#status = :open",
                "ExpressionAttributeNames": {"#status": "Status"},
                "ExpressionAttributeValues": values,
            }
        }
        write_all(self._table, [outcome, self._open.removing(job_id)])
        return self.find(job_id)

    def claim_notification(self, job_id: str, seconds: int) -> bool:
        """True when the caller may publish the completion message now.

        False once it has been published, or while another holder's claim of at most `seconds` lasts.
        """
        now = int(self._clock() * 1000)
        return self._update(
            job_id,
            "SET NotificationClaimedUntil = :until",
            {":until": now + seconds * 1000, ":now": now},
            condition="attribute_not_exists(NotifiedAt) AND "
            "(attribute_not_exists(NotificationClaimedUntil) OR NotificationClaimedUntil < :now)",
        )

    def release_notification(self, job_id: str) -> None:
        """Publishing failed: the next attempt need not wait for the claim to run out."""
        self._update(job_id, "REMOVE NotificationClaimedUntil", {})

    def notified(self, job_id: str) -> None:
        self._update(job_id, "SET NotifiedAt = :now", {":now": int(self._clock() * 1000)})

    def _accept(self, submission: Submission, found: Found, max_open: int) -> str:
        job_id = secrets.token_hex(32)
        items = [self._open.adding(job_id, max_open), self._put_job(job_id, submission, found)]
        if submission.token:
            items.append(self._put_token(job_id, submission))
        reasons = write_all(self._table, items)
        if submission.token and reasons[2:] == [CONDITION_FAILED]:
            raise TokenTakenError
        if reasons:
            raise TooManyOpenJobsError(len(self._open.ids()))
        return job_id

    def _reaccept(self, job_id: str, max_open: int) -> None:
        now = self._clock()
        accepted_again = {
            "Update": {
                "TableName": self._table.name,
                "Key": {"PK": f"JOB#{job_id}"},
                "UpdateExpression": "SET CreatedAt = :now, ExpiresAt = :expiry",
                "ConditionExpression": "Stage = :accepted",
                "ExpressionAttributeValues": {
                    ":now": int(now * 1000),
                    ":expiry": int(now) + KEPT_SECONDS,
                    ":accepted": Stage.ACCEPTED.value,
                },
            }
        }
        reasons = write_all(self._table, [self._open.adding(job_id, max_open), accepted_again])
        # Where only the second failed, yet another call was faster.
        if reasons[:1] == [CONDITION_FAILED]:
            raise TooManyOpenJobsError(len(self._open.ids()))

    def _making_room(self, attempt: Callable[[], _T]) -> _T:
        """Tries once more where jobs that are not under way were still counted."""
        try:
            return attempt()
        except TooManyOpenJobsError:
            if not self._close_lost_jobs():
                raise
        return attempt()

    def _put_job(self, job_id: str, submission: Submission, found: Found) -> dict[str, Any]:
        now = self._clock()
        item = {
            "PK": f"JOB#{job_id}",
            "JobId": job_id,
            "Status": Status.IN_PROGRESS.value,
            "Stage": Stage.ACCEPTED.value,
            "Bucket": submission.bucket,
            "Key": submission.key,
            "VersionId": submission.version,
            "ReadVersionId": found.version,
            "ETag": found.etag,
            "JobTag": submission.tag,
            "TopicArn": submission.topic_arn,
            "RoleArn": submission.role_arn,
            "Secret": secrets.token_bytes(32),
            "CreatedAt": int(now * 1000),
            "ExpiresAt": int(now) + KEPT_SECONDS,
        }
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": {name: value for name, value in item.items() if value is not None},
                "ConditionExpression": "attribute_not_exists(PK)",
            }
        }

    def _put_token(self, job_id: str, submission: Submission) -> dict[str, Any]:
        now = int(self._clock())
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": {
                    "PK": f"TOKEN#{submission.token}",
                    "JobId": job_id,
                    "Fingerprint": submission.fingerprint,
                    "ExpiresAt": now + KEPT_SECONDS,
                },
                "ConditionExpression": "attribute_not_exists(PK) OR ExpiresAt <= :now",
                "ExpressionAttributeValues": {":now": now},
            }
        }

    def _delete(self, key: str) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table.name, "Key": {"PK": key}}}

    def _close_lost_jobs(self) -> bool:
        """Stops counting jobs that are over, never began or were lost; true when there were any."""
        lost = {job_id for job_id in self._open.ids() if self._is_lost(job_id)}
        if lost:
            write_all(self._table, [self._open.removing(*lost)])
        return bool(lost)

    def _is_lost(self, job_id: str) -> bool:
        try:
            job = self.find(job_id)
        except NoSuchJobError:
            return True
        age = self._clock() - job.created_at / 1000
        never_started = job.stage is Stage.ACCEPTED and age > NEVER_STARTED_SECONDS
        return job.status is not Status.IN_PROGRESS or never_started or age > LONGEST_SECONDS

    def _get(self, key: str) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self._table.get_item(Key={"PK": key}, ConsistentRead=True).get("Item")
        return item if item and item["ExpiresAt"] > self._clock() else None

    def _update_open(self, job_id: str, expression: str, values: dict[str, Any]) -> bool:
        """Leaves a job that is over as it is, False."""
        values = {**values, ":open": Status.IN_PROGRESS.value}
        return self._update(job_id, expression, values, condition="#status = :open")

    def _update(
        self, job_id: str, expression: str, values: dict[str, Any], condition: str | None = None
    ) -> bool:
        """False when the condition did not hold; a job that is gone is never made again."""
        conditions = ["attribute_exists(PK)", *([f"({condition})"] if condition else [])]
        arguments: dict[str, Any] = {
            "Key": {"PK": f"JOB#{job_id}"},
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join(conditions),
        }
        if values:
            arguments["ExpressionAttributeValues"] = values
        if "#status" in arguments["ConditionExpression"]:
            arguments["ExpressionAttributeNames"] = {"#status": "Status"}
        try:
            self._table.update_item(**arguments)
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _job(item: Mapping[str, Any]) -> Job:
    return Job(
        id=item["JobId"],
        status=Status(item["Status"]),
        stage=Stage(item["Stage"]),
        bucket=item["Bucket"],
        key=item["Key"],
        version=item.get("VersionId"),
        read_version=item.get("ReadVersionId"),
        etag=item["ETag"],
        tag=item.get("JobTag"),
        topic_arn=item.get("TopicArn"),
        role_arn=item.get("RoleArn"),
        secret=bytes(item["Secret"]),
        created_at=int(item["CreatedAt"]),
        completed_at=int(item["CompletedAt"]) if "CompletedAt" in item else None,
        metadata=dict(item["VideoMetadata"]) if "VideoMetadata" in item else None,
        status_message=item.get("StatusMessage"),
        segments_total=int(item.get("SegmentsTotal", 0)),
        segments_done=frozenset(int(segment) for segment in item.get("SegmentsDone", ())),
        record_count=int(item.get("RecordCount", 0)),
        people_count=int(item.get("PeopleCount", 0)),
        video_fault=item.get("VideoFault"),
        note=item.get("Note"),
        notified="NotifiedAt" in item,
    )


def _decimals(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB takes no binary floats."""
    return {
        name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in metadata.items()
    }
