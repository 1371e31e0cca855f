"""Lambda: a completion message becomes a video's tracks in DynamoDB and S3."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.collection.dispatch import dispatch
from pipeline.messaging.completion_message import CompletionMessage
from pipeline.messaging.redelivery import handle_or_redeliver
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.garbage_collection import search_rarely
from pipeline.runtime.observability import count, logger, metrics, tracer
from pipeline.services import Services


@cache
def services() -> Services[CollectTracksEnvironment]:
    """What this function works with, made at its first use."""
    search_rarely()
    return Services(CollectTracksEnvironment.read())


@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answers which messages of the batch are to be delivered again."""
    deadline = Deadline(context)

    def collect(record: SQSRecord) -> None:
        count("CompletionMessages")
        ours = services()
        handle_or_redeliver(
            ours.sqs,
            ours.environment.collect_queue_url,
            record,
            ours.environment.retry_seconds,
            lambda *message: dispatch(ours, CompletionMessage.of(*message), deadline),
            done="Completion handled",
            failed="Not collected",
        )

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=collect, processor=processor, context=context)
