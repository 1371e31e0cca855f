"""A job, what it was asked, how far it is and what can be wrong about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.errors import EngineError
from engine.stage import Stage


class NoSuchJobError(EngineError):
    """There is no such job, or it is older than jobs are kept."""


class TokenTakenError(EngineError):
    """Another call with the same ClientRequestToken came first."""


class TooManyOpenJobsError(EngineError):
    """As many jobs are open as may be; `count` is their number."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} jobs are open")
        self.count = count


class TableBusyError(EngineError):
    """Transactions kept conflicting with one another."""


class Status(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Found:
    """The object that is at a key: `etag` of its content, and `version` where the bucket keeps versions."""

    etag: str
    version: str | None


@dataclass(frozen=True)
class Submission:
    """What StartPersonTracking is asked. `fingerprint`: digest of all its parameters but the token."""

    bucket: str
    key: str
    fingerprint: str
    version: str | None = None
    token: str | None = None
    tag: str | None = None
    topic_arn: str | None = None
    role_arn: str | None = None


@dataclass(frozen=True)
class Token:
    """What a ClientRequestToken is bound to."""

    job_id: str
    fingerprint: str


@dataclass(frozen=True)
class Job:
    """One job as the table has it.

    `version` is the object version that was asked for, `read_version` and `etag` are what was found there and
    is read; `secret`: 32 bytes that sign the job's pagination tokens; `video_fault`: what is wrong with the
    video, in one line for its owner, None as long as nothing is. Times are epoch milliseconds.
    """

    id: str
    status: Status
    stage: Stage
    bucket: str
    key: str
    version: str | None
    read_version: str | None
    etag: str
    tag: str | None
    topic_arn: str | None
    role_arn: str | None
    secret: bytes
    created_at: int
    completed_at: int | None
    metadata: dict[str, Any] | None
    status_message: str | None
    segments_total: int
    segments_done: frozenset[int]
    record_count: int
    people_count: int
    video_fault: str | None
    notified: bool
    note: str | None = None

    @property
    def video(self) -> dict[str, Any]:
        """The Video member of the contract."""
        return {"S3Object": {"Bucket": self.bucket, "Name": self.key, "Version": self.version}}
