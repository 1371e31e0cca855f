"""Messages of the answers queue: a scene has changed, or a video is to be answered again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.parser import BaseModel, Field, ValidationError

from pipeline.messaging.upload_message import S3Event

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

TRIES = "Tries"
"""Message attribute: how often the message has waited in a row."""


@dataclass(frozen=True)
class VideoToAnswer:
    """One video is to be answered."""

    video_id: str


@dataclass(frozen=True)
class VideosToFind:
    """Every video is to be looked at: some scenes have changed.

    Attributes:
        buckets: of the events; of none, the message is the pipeline's own.
        keys: of the scenes that changed.
        after: where an earlier invocation left off, META's GSI1SK; "" for the beginning.
    """

    buckets: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    after: str = ""


@dataclass(frozen=True)
class AnswerMessage:
    """A message as it is delivered.

    Attributes:
        id: the message's; delivered again with the same one, its last invocation has ended.
        body: as sent.
        tries: how often it has waited in a row.
        asks: what is to be done.
    """

    id: str
    body: str
    tries: int
    asks: VideoToAnswer | VideosToFind

    @classmethod
    def of(cls, message_id: str, body: str, attributes: Mapping[str, Any]) -> Self:
        """From a Lambda SQS record's members. Raises what `read_answer_message` raises."""
        tries = int((attributes.get(TRIES) or {}).get("stringValue") or 0)
        return cls(message_id, body, tries, read_answer_message(body))


class _Video(BaseModel):
    AnswerVideo: str = Field(pattern="^[0-9a-f]{32}$")


class _Find(BaseModel):
    FindVideosAfter: str = Field(max_length=64)
    Keys: list[str] = Field([])


def read_answer_message(body: str) -> VideoToAnswer | VideosToFind:
    """What a message's body asks for: the pipeline's own, or an S3 event notification.

    Raises `pydantic.ValidationError`, a ValueError, for anything else, however large or deeply nested.
    """
    for model in (_Video, _Find):
        try:
            message = model.model_validate_json(body)
        except ValidationError:
            continue
        if isinstance(message, _Video):
            return VideoToAnswer(message.AnswerVideo)
        assert isinstance(message, _Find)
        return VideosToFind(keys=frozenset(message.Keys), after=message.FindVideosAfter)
    changes = [record.s3 for record in S3Event.model_validate_json(body).Records]
    return VideosToFind(
        frozenset(change.bucket.name for change in changes),
        frozenset(unquote_plus(change.object.key) for change in changes),
    )


def send_video(sqs: SQSClient, queue_url: str, video_id: str) -> None:
    """Ask for a video to be answered."""
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps({"AnswerVideo": video_id}))


def send_rest(sqs: SQSClient, queue_url: str, asked: VideosToFind, after: str) -> None:
    """Ask for the rest of the videos to be looked at."""
    body = {"FindVideosAfter": after, "Keys": sorted(asked.keys)}
    sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(body))


def send_again(sqs: SQSClient, queue_url: str, message: AnswerMessage, delay: int) -> None:
    """Put a message in the queue again after `delay` seconds (0-900), counting the wait."""
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=message.body,
        DelaySeconds=delay,
        MessageAttributes={TRIES: {"DataType": "Number", "StringValue": str(message.tries + 1)}},
    )
