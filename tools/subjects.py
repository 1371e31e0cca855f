"""The videos or job that a message of the stack's queues is about."""

from __future__ import annotations

from dataclasses import dataclass

from aws_lambda_powertools.utilities.parser import BaseModel

from pipeline.messaging.answer_message import VideoToAnswer, read_answer_message
from pipeline.messaging.completion_message import read_completion
from pipeline.messaging.upload_message import read_uploads


class _Detail(BaseModel):
    name: str
    status: str
    cause: str | None = None


class _ExecutionEvent(BaseModel):
    """EventBridge's event on an execution of the engine's state machine, which has the name of its job."""

    detail: _Detail


@dataclass(frozen=True)
class Subject:
    """The subject of a message.

    Attributes:
        video_ids: ids of the videos it names.
        job_id: the tracking job it names.
        reason: why the execution of that job ended, if the message says so.
    """

    video_ids: tuple[str, ...] = ()
    job_id: str | None = None
    reason: str | None = None


def read_subject(body: str) -> Subject:
    """The subject of the message with this body.

    Raises `pydantic.ValidationError`, a ValueError, for a body that no part of the stack writes.
    """
    try:
        return Subject(tuple(upload.video.id for upload in read_uploads(body)))
    except ValueError:
        pass
    try:
        asks = read_answer_message(body)
        return Subject((asks.video_id,) if isinstance(asks, VideoToAnswer) else ())
    except ValueError:
        pass
    try:
        completion = read_completion(body)
        return Subject((completion.video_id,) if completion.video_id else (), completion.job_id)
    except ValueError:
        detail = _ExecutionEvent.model_validate_json(body).detail
        return Subject(job_id=detail.name, reason=f"{detail.status}: {detail.cause}")
