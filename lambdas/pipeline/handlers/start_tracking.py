"""Lambda: an upload message becomes a tracking job."""

from __future__ import annotations

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.messages import reason_of
from pipeline.messaging.redelivery import redelivered_after_backoff
from pipeline.messaging.upload_message import read_delivery, read_uploads
from pipeline.runtime.environment import StartTrackingEnvironment
from pipeline.runtime.observability import count, logger, metrics, tracer
from pipeline.services import Services
from pipeline.submission import Outcome, submit

_METRIC = {
    Outcome.STARTED: "JobsStarted",
    Outcome.DUPLICATE: "DuplicateUploads",
    Outcome.WAITING: "JobsHeldBack",
    Outcome.REFUSED: "JobsRefused",
    Outcome.FOREIGN: "ForeignUploads",
}


@cache
def services() -> Services[StartTrackingEnvironment]:
    """What this function works with, made at its first use."""
    return Services(StartTrackingEnvironment.read())


@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Answers which messages of the batch are to be delivered again."""
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(
        event=event, record_handler=_submit_or_retry, processor=processor, context=context
    )


def _submit_or_retry(record: SQSRecord) -> None:
    ours = services()
    queue_url, first_seconds = ours.environment.upload_queue_url, ours.environment.retry_seconds
    with redelivered_after_backoff(ours.sqs, queue_url, record, first_seconds):
        _submit_uploads(record)


def _submit_uploads(record: SQSRecord) -> None:
    """Submit every upload of a message, though one of them fails; fail the message if one did."""
    count("UploadMessages")
    delivery = read_delivery(record.raw_event.get("messageAttributes") or {}, record.raw_event["attributes"])
    failed = []
    for upload in read_uploads(record.body):
        try:
            outcome = submit(services(), upload, delivery)
        except Exception as error:
            logger.warning(
                "Upload not submitted", extra={"video_id": upload.video.id, "reason": reason_of(error)}
            )
            failed.append(error)
        else:
            count(_METRIC[outcome])
            logger.info("Upload handled", extra={"video_id": upload.video.id, "outcome": outcome})
    if failed:
        raise ExceptionGroup("uploads not submitted", failed)
