"""Lambda: when a scene has changed, its videos are answered again."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.answering.again import handle
from pipeline.messaging.answer_message import AnswerMessage
from pipeline.messaging.redelivery import handle_or_redeliver
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

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=answer, processor=processor, context=context)
