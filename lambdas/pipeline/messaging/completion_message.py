"""Completion messages: what the topic, a hand-over or the reconciler tells the collect queue."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.parser import BaseModel, Field, ValidationError

from pipeline.storage.video_record import Meta
from pipeline.video import is_video_id

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

TRIES = "Tries"


class _Completion(BaseModel):
    """The members that are read; a JobId has the form the contract gives it."""

    JobId: str = Field(pattern="^[a-zA-Z0-9-_]{1,64}$")
    Status: str
    JobTag: str | None = None


class _Envelope(BaseModel):
    """SNS around the message, where the subscription is not a raw one."""

    Type: str = Field(pattern="^Notification$")
    Message: str


@dataclass(frozen=True)
class Completion:
    """A job has ended. `video_id` is None for a job whose tag is no video id, so is none of ours."""

    job_id: str
    video_id: str | None


def read_completion(body: str) -> Completion:
    """The completion in a message's body, with or without SNS's envelope.

    Its `Status` is not taken from here: a message may be old, so the job itself is asked.
    Raises `pydantic.ValidationError`, a ValueError, for anything else, however large or deeply nested.
    """
    # As text: pydantic's own JSON reader bounds the depth, where json.loads would raise a RecursionError.
    with suppress(ValidationError):
        body = _Envelope.model_validate_json(body).Message
    message = _Completion.model_validate_json(body)
    ours = message.JobTag is not None and is_video_id(message.JobTag)
    return Completion(message.JobId, message.JobTag if ours else None)


def send_completion(sqs: SQSClient, queue_url: str, meta: Meta, delay: int = 0, tries: int = 0) -> None:
    """Tell the collect queue, as the topic would, that `meta`'s job has ended, after `delay` (0–900) s."""
    message: dict[str, Any] = {
        "JobId": meta.job_id,
        "Status": "SUCCEEDED",
        "API": "StartPersonTracking",
        "JobTag": meta.video.id,
        "Timestamp": int(time.time() * 1000),
        "Video": {"S3ObjectName": meta.video.key, "S3Bucket": meta.video.bucket},
    }
    resend_completion(sqs, queue_url, json.dumps(message, separators=(",", ":")), delay, tries)


def resend_completion(sqs: SQSClient, queue_url: str, body: str, delay: int, tries: int) -> None:
    """Put a message's body in the collect queue again; `tries` counts how often it had to wait."""
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=body,
        DelaySeconds=delay,
        MessageAttributes={TRIES: {"DataType": "Number", "StringValue": str(tries)}},
    )
