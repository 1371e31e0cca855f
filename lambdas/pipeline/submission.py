"""Submitting an upload: exactly one tracking job for each attempt at each video."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.automatic_retry import is_due
from pipeline.messaging.announcement import announce
from pipeline.messaging.backoff import delay_seconds
from pipeline.messaging.upload_message import Delivery, Upload, is_later, send_upload
from pipeline.rekognition import error_codes
from pipeline.runtime.environment import StartTrackingEnvironment
from pipeline.runtime.observability import logger
from pipeline.services import Services
from pipeline.storage.video_record import FAILED, SUBMITTING, VideoRecord
from shared.aws_errors import code_of

UNREADABLE_TRIES = 4
"""Retries before an unreadable object fails its video. S3 is strongly consistent, but a bucket's policy, a
key's policy or a copy may lag behind the event."""


class Outcome(StrEnum):
    """What became of an upload."""

    STARTED = "started"
    DUPLICATE = "duplicate"
    WAITING = "waiting"
    REFUSED = "refused"
    FOREIGN = "foreign"


def submit(services: Services[StartTrackingEnvironment], upload: Upload, delivery: Delivery) -> Outcome:
    """Start the upload's tracking job, unless it has one.

    A refusal that waiting cures puts the upload back in its queue as a new message with a growing delay, so
    that waiting, however long, never counts against the queue's limit of receives. A permanent refusal fails
    the video. An upload to another bucket than the videos bucket is dropped: no delivery makes it valid.

    Raises whatever else goes wrong, the record saying why, for the queue to deliver the message again.
    """
    if upload.video.bucket != services.environment.videos_bucket:
        logger.warning(
            "Upload dropped: its object is not in the videos bucket",
            extra={"bucket": upload.video.bucket, "key": upload.video.key},
        )
        return Outcome.FOREIGN
    record = _attempt_for(services, upload, delivery)
    if record is None:
        # An earlier delivery may have ended between failing the video and announcing that.
        announce(services, upload.video.id)
        return Outcome.DUPLICATE
    try:
        job_id = _start(services, record)
    except ClientError as error:
        if code_of(error) == error_codes.TOKEN_IN_USE and services.records.begin_attempt(
            record, upload.sequencer, keep_retries=True
        ):
            # The parameters differ, such as a topic since replaced: a new attempt has a token of its own.
            return submit(services, upload, delivery)
        return _refused(services, upload, delivery, record, error)
    if not services.records.record_job(record, job_id):
        current = services.records.get(record.video.id)
        if current is None or current.attempt == record.attempt:
            return Outcome.DUPLICATE
        services.records.disown_job(record.video.id, job_id)
    return Outcome.STARTED


def _attempt_for(
    services: Services[StartTrackingEnvironment], upload: Upload, delivery: Delivery
) -> VideoRecord | None:
    """The record of the attempt this delivery should start, or None when there is nothing for it to do."""
    records = services.records
    while True:
        record = records.get(upload.video.id)
        if record is None:
            records.create(upload.video, upload.sequencer, upload.at)
        elif is_later(record.sequencer, upload.sequencer):
            return None
        elif is_later(upload.sequencer, record.sequencer):
            records.begin_attempt(record, upload.sequencer, uploaded_at=upload.at)
        elif record.not_before and delivery.redriven:
            # An operator asked for it to run now: its automatic retries start again from none.
            records.begin_attempt(record, upload.sequencer)
        elif record.status == SUBMITTING and is_due(record):
            # The first delivery, or one after an invocation that ended between record and job: the request
            # token leads both to the same job.
            return record
        elif record.status == FAILED and (delivery.redriven or record.resumable):
            records.begin_attempt(record, upload.sequencer)
        else:
            return None


def _start(services: Services[StartTrackingEnvironment], record: VideoRecord) -> str:
    environment = services.environment
    answer = services.tracking.start_person_tracking(
        Video={"S3Object": record.video.as_s3_object()},  # type: ignore[typeddict-item]
        ClientRequestToken=record.video.request_token(record.attempt),
        JobTag=record.video.id,
        NotificationChannel={
            "SNSTopicArn": environment.completion_topic_arn,
            "RoleArn": environment.publish_role_arn,
        },
    )
    return answer["JobId"]


def _refused(
    services: Services[StartTrackingEnvironment],
    upload: Upload,
    delivery: Delivery,
    record: VideoRecord,
    error: ClientError,
) -> Outcome:
    """Wait, fail the video, or raise the error again: whatever its code asks for."""
    records = services.records
    code, reason = code_of(error), messages.reason_of(error)
    if code in error_codes.BACK_PRESSURE:
        again = replace(delivery, limited=delivery.limited + 1, redriven=False)
        _send_back(services, upload, again, delay_seconds(delivery.limited))
        records.note(record, messages.WAITING.format(reason=reason), forget_repairs=True)
        return Outcome.WAITING
    if code == error_codes.UNREADABLE and delivery.unreadable < UNREADABLE_TRIES:
        again = replace(delivery, unreadable=delivery.unreadable + 1, redriven=False)
        _send_back(services, upload, again, delay_seconds(delivery.unreadable))
        records.note(record, messages.WAITING.format(reason=reason))
        return Outcome.WAITING
    if code in error_codes.PERMANENT:
        if records.fail(record, reason):
            announce(services, record.video.id)
        return Outcome.REFUSED
    records.note(record, reason)
    raise error


def _send_back(
    services: Services[StartTrackingEnvironment], upload: Upload, delivery: Delivery, delay: int
) -> None:
    send_upload(services.sqs, services.environment.upload_queue_url, upload, delivery, delay)
