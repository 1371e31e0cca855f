"""How a Lambda function behind a queue handles a batch of messages: one by one, and one that fails alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import logger, metrics, tracer


def for_each_message(
    handle: Callable[[SQSRecord, Deadline], None],
) -> Callable[[dict[str, Any], Any], Any]:
    """Makes a Lambda handler of a function that handles one message, and raises where it is to come again.

    The handler answers which messages of the batch are to be delivered again.
    """

    @tracer.capture_lambda_handler(capture_response=False)
    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        deadline = Deadline(context)
        return process_partial_response(
            event=event,
            record_handler=lambda record: handle(record, deadline),
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )

    made: Callable[[dict[str, Any], Any], Any] = handler  # Powertools' decorators are untyped
    return made
