"""Upload messages: what S3 sends to the upload queue, read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, unquote_plus

from aws_lambda_powertools.utilities.parser import BaseModel, Field, model_validator

from pipeline.video import NO_VERSION, Video, is_video

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

LIMITED_TRIES = "LimitedTries"
"""Message attribute: times the upload was sent back because of a limit or a throttle."""

UNREADABLE_TRIES = "UnreadableTries"
"""Message attribute: times the upload was sent back because its object could not be read."""

REDRIVE = "Redrive"
"""Message attribute: an operator has sent the message again on purpose."""


class _Bucket(BaseModel):
    name: str = Field(min_length=3, max_length=255)


class _Object(BaseModel):
    # 1,024 bytes, each of which may be written as %xx.
    key: str = Field(min_length=1, max_length=3 * 1024)
    versionId: str | None = Field(None, max_length=1024)
    sequencer: str | None = Field(None, max_length=1024)


class _S3(BaseModel):
    bucket: _Bucket
    object: _Object


class _Record(BaseModel):
    eventName: str
    eventTime: str | None = Field(None, max_length=64)
    s3: _S3


class S3Event(BaseModel):
    """The members that are read of an S3 event notification; versions of its layout differ in the others."""

    Records: list[_Record]

    @model_validator(mode="before")
    @classmethod
    def _test_event_has_none(cls, event: Any) -> Any:
        is_test = isinstance(event, dict) and event.get("Event") == "s3:TestEvent"
        return {"Records": []} if is_test else event


@dataclass(frozen=True)
class Upload:
    """One upload of a video.

    Attributes:
        sequencer: orders uploads to one key; None where the sender has none.
        at: when it was, ISO 8601; None where the sender does not know.
    """

    video: Video
    sequencer: str | None = None
    at: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Delivery:
    """What an upload message has been through.

    Attributes:
        limited: times it was sent back because of a limit or a throttle.
        unreadable: times it was sent back because the object could not be read.
        redriven: whether an operator sent it again on purpose.
    """

    limited: int = 0
    unreadable: int = 0
    redriven: bool = False


def read_uploads(body: str) -> list[Upload]:
    """The videos created by an S3 event notification; none for S3's test event.

    Records of other events, or of keys that are not videos, are left out: bucket filters know only one letter
    case, so the suffix is checked again here.

    Raises `pydantic.ValidationError`, a ValueError, for anything that is not an S3 event, however large or
    deeply nested.
    """
    # As text: pydantic's own JSON reader bounds the depth, where json.loads would raise a RecursionError.
    records = S3Event.model_validate_json(body).Records
    created = (record for record in records if record.eventName.startswith("ObjectCreated:"))
    uploads = (
        Upload(
            Video(s3.bucket.name, unquote_plus(s3.object.key), s3.object.versionId or NO_VERSION),
            s3.object.sequencer,
            record.eventTime,
        )
        for record in created
        for s3 in [record.s3]
    )
    return [upload for upload in uploads if is_video(upload.video.key)]


def read_delivery(message_attributes: Mapping[str, Any], system_attributes: Mapping[str, str]) -> Delivery:
    """What the message has been through, from a Lambda SQS record's `messageAttributes` and `attributes`.

    The project's redrive command sets the attribute `Redrive`. SQS's own redrive promises no mark;
    `DeadLetterQueueSourceArn` counts as one where it is present.
    """

    def tries(name: str) -> int:
        return int((message_attributes.get(name) or {}).get("stringValue") or 0)

    return Delivery(
        limited=tries(LIMITED_TRIES),
        unreadable=tries(UNREADABLE_TRIES),
        redriven=REDRIVE in message_attributes or "DeadLetterQueueSourceArn" in system_attributes,
    )


def send_upload(sqs: SQSClient, queue_url: str, upload: Upload, delivery: Delivery, delay: int = 0) -> None:
    """Put one upload in the upload queue, as S3 would have, after `delay` seconds (0-900)."""
    video = upload.video
    s3_object: dict[str, str] = {"key": quote_plus(video.key, safe="/")}
    if video.version != NO_VERSION:
        s3_object["versionId"] = video.version
    if upload.sequencer:
        s3_object["sequencer"] = upload.sequencer
    record = {
        "eventName": "ObjectCreated:Again",
        **({"eventTime": upload.at} if upload.at else {}),
        "s3": {"bucket": {"name": video.bucket}, "object": s3_object},
    }
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        LIMITED_TRIES: {"DataType": "Number", "StringValue": str(delivery.limited)},
        UNREADABLE_TRIES: {"DataType": "Number", "StringValue": str(delivery.unreadable)},
    }
    if delivery.redriven:
        attributes[REDRIVE] = {"DataType": "String", "StringValue": "true"}
    sqs.send_message(
        QueueUrl=queue_url,
        MessageBody=json.dumps({"Records": [record]}),
        DelaySeconds=delay,
        MessageAttributes=attributes,
    )


def is_later(sequencer: str | None, than: str | None) -> bool:
    """Whether one upload's sequencer is later than another's. Unknown ones are never later.

    S3: compare as text after padding the shorter with zeros on the right.
    """
    if sequencer is None or than is None:
        return False
    width = max(len(sequencer), len(than))
    return sequencer.upper().ljust(width, "0") > than.upper().ljust(width, "0")
