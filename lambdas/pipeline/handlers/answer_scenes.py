"""Lambda: when a scene has changed, its videos are answered again."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.answering.again import handle
from pipeline.messages import reason_of
from pipeline.messaging.answer_message import AnswerMessage
from pipeline.messaging.redelivery import redelivered_after_backoff
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import AnswerScenesEnvironment
from pipeline.runtime.observability import logger, metrics, tracer
from pipeline.services import Services


@cache
def services() -> Services[AnswerScenesEnvironment]:
    """What this function works with, made at its first use."""
    return Services(AnswerScenesEnvironment.read())


@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answers which messages of the batch are to be delivered again."""
    deadline = Deadline(context)

    def answer(record: SQSRecord) -> None:
        attributes = record.raw_event.get("messageAttributes") or {}
        ours = services()
        queue_url, first_seconds = ours.environment.answers_queue_url, ours.environment.retry_seconds
        try:
            with redelivered_after_backoff(ours.sqs, queue_url, record, first_seconds):
                message = AnswerMessage.of(record.message_id, record.body, attributes)
                outcome = handle(ours, message, deadline)
        except Exception as error:
            reason = reason_of(error)
            logger.warning("Not answered", extra={"reason": reason, "message_id": record.message_id})
            raise
        logger.info("Message handled", extra={"outcome": outcome, "message_id": record.message_id})

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=answer, processor=processor, context=context)
