"""The items of the jobs table, whose only key is `PK`, and the jobs and tokens that they stand for.

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
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.jobs.model import Found, Job, Status, Submission
from engine.stage import Stage

KEPT_SECONDS = 7 * 24 * 3600
"""How long a token binds and a finished job's results are kept."""


def job_key(job_id: str) -> dict[str, str]:
    return {"PK": f"JOB#{job_id}"}


def token_key(token: str) -> dict[str, str]:
    return {"PK": f"TOKEN#{token}"}


def new_job(job_id: str, submission: Submission, found: Found, now: float) -> dict[str, Any]:
    """The item of a job that is accepted `now`, in epoch seconds."""
    item = {
        **job_key(job_id),
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
    return {name: value for name, value in item.items() if value is not None}


def new_token(token: str, job_id: str, fingerprint: str, now: float) -> dict[str, Any]:
    """The item that binds a ClientRequestToken to its job from `now` on, in epoch seconds."""
    return {
        **token_key(token),
        "JobId": job_id,
        "Fingerprint": fingerprint,
        "ExpiresAt": int(now) + KEPT_SECONDS,
    }


def job_of(item: Mapping[str, Any]) -> Job:
    """The job that an item stands for."""
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


def decimals(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The same with decimal numbers: DynamoDB takes no binary floats."""
    return {
        name: Decimal(repr(value)) if isinstance(value, float) else value for name, value in metadata.items()
    }
