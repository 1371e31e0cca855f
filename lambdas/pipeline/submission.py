"""Submitting an upload: exactly one tracking job for each attempt at each video."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline.messaging.backoff import delay_seconds
from pipeline.messaging.events import announce
from pipeline.messaging.upload_message import Delivery, Upload, is_later, send_upload
from pipeline.rekognition import errors
from pipeline.runtime.observability import logger
from pipeline.storage.video_record import FAILED, SUBMITTING, Meta
from pipeline.storage.video_records import Metas
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from pipeline.runtime.services import Services

# S3 is strongly consistent, but a bucket's policy, a key's policy or a copy may lag behind the event.
UNREADABLE_TRIES = 4


class Outcome(StrEnum):
    """What became of an upload."""

    STARTED = "started"
    DUPLICATE = "duplicate"
    WAITING = "waiting"
    REFUSED = "refused"
    FOREIGN = "foreign"


def submit(services: Services, upload: Upload, delivery: Delivery) -> Outcome:
    """Start the upload's tracking job, unless it has one.

    A refusal that waiting cures puts the upload back in its queue as a new message with a growing delay, so
    that waiting, however long, never counts against the queue's limit of receives. A permanent refusal fails
    the video. What is of another bucket than the videos bucket is dropped: no delivery makes it one of ours.

    Raises whatever else goes wrong, META saying why, for the queue to deliver the message again.
    """
    environment = services.environment
    if upload.video.bucket != environment.videos_bucket:
        logger.warning(
            "Upload dropped: it is of another bucket than the videos bucket",
            extra={"bucket": upload.video.bucket, "key": upload.video.key},
        )
        return Outcome.FOREIGN
    metas = Metas(services.dynamodb, environment.tracks_table, environment.retention_days)
    meta = _attempt_for(metas, upload, delivery)
    if meta is None:
        # A delivery that died between failing the video and saying so left that to this one.
        announce(services, metas, upload.video.id)
        return Outcome.DUPLICATE
    try:
        job_id = _start(services, meta)
    except ClientError as error:
        code, reason = code_of(error), errors.reason_of(error)
        if code in errors.BACK_PRESSURE:
            _send_back(
                services, upload, Delivery(delivery.limited + 1, delivery.unreadable), delivery.limited
            )
            metas.waits(meta, reason)
            return Outcome.WAITING
        if code == errors.UNREADABLE and delivery.unreadable < UNREADABLE_TRIES:
            _send_back(
                services, upload, Delivery(delivery.limited, delivery.unreadable + 1), delivery.unreadable
            )
            metas.note(meta, f"Waiting: {reason}")
            return Outcome.WAITING
        if code in errors.PERMANENT:
            if metas.fail(meta, reason):
                announce(services, metas, meta.video.id)
            return Outcome.REFUSED
        if code == errors.TOKEN_IN_USE and metas.begin_attempt(meta, upload.sequencer):
            # The token was used with other parameters, such as a topic since replaced: a new attempt has its
            # own.
            return submit(services, upload, delivery)
        metas.note(meta, reason)
        raise
    if not metas.record_job(meta.video.id, meta.attempt, job_id):
        now = metas.get(meta.video.id)
        if now is None or now.attempt == meta.attempt:
            return Outcome.DUPLICATE
        metas.disown_job(meta.video.id, job_id)
    return Outcome.STARTED


def _attempt_for(metas: Metas, upload: Upload, delivery: Delivery) -> Meta | None:
    """The META of the attempt this delivery should start, or None when there is nothing for it to do."""
    while True:
        meta = metas.get(upload.video.id)
        if meta is None:
            metas.create(upload.video, upload.sequencer)
        elif is_later(meta.sequencer, upload.sequencer):
            return None
        elif is_later(upload.sequencer, meta.sequencer):
            metas.begin_attempt(meta, upload.sequencer)
        elif meta.status == SUBMITTING:
            # First delivery, or one after a death between META and the job: the token makes them the same
            # job.
            return meta
        elif meta.status == FAILED and (delivery.redriven or meta.resumable):
            metas.begin_attempt(meta, upload.sequencer)
        else:
            return None


def _start(services: Services, meta: Meta) -> str:
    environment = services.environment
    answer = services.tracking.start_person_tracking(
        Video={"S3Object": meta.video.as_s3_object()},  # type: ignore[typeddict-item]
        ClientRequestToken=meta.video.request_token(meta.attempt),
        JobTag=meta.video.id,
        NotificationChannel={
            "SNSTopicArn": environment.completion_topic_arn,
            "RoleArn": environment.publish_role_arn,
        },
    )
    return answer["JobId"]


def _send_back(services: Services, upload: Upload, delivery: Delivery, tries: int) -> None:
    send_upload(services.sqs, services.environment.upload_queue_url, upload, delivery, delay_seconds(tries))
