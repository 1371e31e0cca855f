"""Completion messages: a tracking job has ended. Sent by the topic, by a collector that hands over, or by the
reconciler.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from aws_lambda_powertools.utilities.parser import BaseModel, Field, ValidationError

from pipeline.storage.video_record import VideoRecord
from pipeline.video import is_video_id

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

TRIES = "Tries"
"""Message attribute: how often the message has waited in a row."""


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
    """What the message says: a job has ended.

    Attributes:
        job_id: the job.
        video_id: the video's; None for a job whose tag is no video id, which is not the pipeline's.
        service_fault: whether the service was at fault, for which Amazon Rekognition has the status ERROR.
    """

    job_id: str
    video_id: str | None
    service_fault: bool = False


@dataclass(frozen=True)
class CompletionMessage:
    """A completion as it is delivered.

    Attributes:
        id: the message's. Delivered again with the same one, its last invocation has ended without an answer.
        body: as sent.
        tries: how often it has waited in a row.
        completion: what the body says.
    """

    id: str
    body: str
    tries: int
    completion: Completion

    @classmethod
    def of(cls, message_id: str, body: str, attributes: Mapping[str, Any]) -> Self:
        """From a Lambda SQS record's members. Raises what `read_completion` raises."""
        tries = int((attributes.get(TRIES) or {}).get("stringValue") or 0)
        return cls(message_id, body, tries, read_completion(body))


def read_completion(body: str) -> Completion:
    """The completion in a message's body, with or without SNS's envelope.

    Whether the job succeeded is not read from it: the job itself is asked.
    Raises `pydantic.ValidationError`, a ValueError, for anything else, however large or deeply nested.
    """
    # As text: pydantic's own JSON reader bounds the depth, where json.loads would raise a RecursionError.
    with suppress(ValidationError):
        body = _Envelope.model_validate_json(body).Message
    message = _Completion.model_validate_json(body)
    tag = message.JobTag
    video_id = tag if tag is not None and is_video_id(tag) else None
    return Completion(message.JobId, video_id, service_fault=message.Status == "ERROR")


def send_completion(sqs: SQSClient, queue_url: str, record: VideoRecord) -> None:
    """Put a completion of the record's job in the collect queue, as the topic would have."""
    message: dict[str, Any] = {
        "JobId": record.job_id,
        "Status": "SUCCEEDED",
        "API": "StartPersonTracking",
        "JobTag": record.video.id,
        "Timestamp": int(time.time() * 1000),
        "Video": {"S3ObjectName": record.video.key, "S3Bucket": record.video.bucket},
    }
    resend_completion(sqs, queue_url, json.dumps(message, separators=(",", ":")), delay=0, tries=0)


def resend_completion(sqs: SQSClient, queue_url: str, body: str, delay: int, tries: int) -> None:
    """Put a message's body in the collect queue again after `delay` seconds (0-900); `tries` counts its
    waits.
    """
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=body,
        DelaySeconds=delay,
        MessageAttributes={TRIES: {"DataType": "Number", "StringValue": str(tries)}},
    )
