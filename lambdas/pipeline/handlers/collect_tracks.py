"""Lambda: a completion message becomes a video's tracks in DynamoDB and S3."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.collection.on_completion import take_completion
from pipeline.rekognition.errors import reason_of
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import count, logger, metrics, tracer
from pipeline.runtime.services import services


@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answers which messages of the batch are to be delivered again."""
    deadline = Deadline(context)

    def take_message(record: SQSRecord) -> None:
        count("CompletionMessages")
        attributes = record.raw_event.get("messageAttributes") or {}
        try:
            outcome = take_completion(services(), record.body, attributes, record.message_id, deadline)
        except Exception as error:
            # META may not say why, or not be there; the message's id is what a dead letter is known by.
            reason = reason_of(error)
            logger.warning("Not collected", extra={"reason": reason, "message_id": record.message_id})
            raise
        logger.info("Completion taken", extra={"outcome": outcome, "message_id": record.message_id})

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=take_message, processor=processor, context=context
    )
