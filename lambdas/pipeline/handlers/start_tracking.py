"""Lambda: an upload message becomes a tracking job."""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from pipeline.messages import reason_of
from pipeline.messaging.batch import for_each_message
from pipeline.messaging.redelivery import redelivered_after_backoff
from pipeline.messaging.upload_message import read_delivery, read_uploads
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import StartTrackingEnvironment
from pipeline.runtime.observability import count, logger
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


@for_each_message
def handler(record: SQSRecord, _: Deadline) -> None:
    """Submit the uploads that a message tells of."""
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
