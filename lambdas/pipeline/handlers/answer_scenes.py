"""Lambda: when a scene has changed, its videos are answered again."""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from pipeline.answering.changed_scenes import handle
from pipeline.messaging.answer_message import AnswerMessage
from pipeline.messaging.batch import for_each_message
from pipeline.messaging.redelivery import handle_or_redeliver
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import AnswerScenesEnvironment
from pipeline.services import Services


@cache
def services() -> Services[AnswerScenesEnvironment]:
    """What this function works with, made at its first use."""
    return Services(AnswerScenesEnvironment.read())


@for_each_message
def handler(record: SQSRecord, deadline: Deadline) -> None:
    """Answer the video, or find the videos, that a message names."""
    ours = services()
    handle_or_redeliver(
        ours.sqs,
        ours.environment.answers_queue_url,
        record,
        ours.environment.retry_seconds,
        lambda *message: handle(ours, AnswerMessage.of(*message), deadline),
        done="Message handled",
        failed="Not answered",
    )
