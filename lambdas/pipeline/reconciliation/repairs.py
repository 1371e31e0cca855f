"""Repairing stuck videos: those that are under way and whose record has stood still for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.automatic_retry import MOST_RETRIES, is_due
from pipeline.errors import JobFailedError, JobInProgressError, JobNotFoundError
from pipeline.messages import reason_of
from pipeline.messaging.announcement import announce
from pipeline.messaging.completion_message import send_completion
from pipeline.messaging.upload_message import Delivery, Upload, send_upload
from pipeline.reconciliation.backlog import Backlog
from pipeline.rekognition.error_codes import is_service_fault
from pipeline.rekognition.result_page import read_page
from pipeline.runtime.clock import epoch, iso
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import ReconcileJobsEnvironment
from pipeline.runtime.observability import logger
from pipeline.services import Services
from pipeline.storage.video_record import COLLECTING, IN_PROGRESS, SUBMITTING, VideoRecord

MOST_REPAIRS = 5
"""Repairs of one attempt that did not move it on until its video fails."""

_LONGEST_JOB_HOURS = 25
"""Age of a job from which it counts as lost: the engine ends one after 24 hours itself and says why, for
which it has an hour."""


class Repair(StrEnum):
    """What was done about a stuck video."""

    SUBMITTED_AGAIN = "submitted again"
    RETRIED = "retried"
    COLLECTED_AGAIN = "collected again"
    GIVEN_UP = "given up"
    NOT_REPAIRED = "not repaired"
    LEFT_ALONE = "left alone"


def repair_stuck(
    services: Services[ReconcileJobsEnvironment],
    patience_seconds: float,
    backlog: Backlog,
    deadline: Deadline,
) -> list[Repair]:
    """Repair every video under way whose record has stood still for `patience_seconds`, while there is time.

    A video that may have a message in a queue with a `backlog` is left alone: it waits for its turn. Half of
    the invocation's time is left for the reconciler's other work.
    """
    until = iso(time.time() - patience_seconds)
    done: list[Repair] = []
    for status, repair_one in _REPAIR_BY_STATUS.items():
        if status == SUBMITTING and backlog.uploads:
            continue
        for record in services.records.with_status(status, until):
            if deadline.is_past_half():
                return done
            try:
                repair = repair_one(services, record, backlog)
            except Exception as error:
                repair = _note_failure(services, record, error)
            logger.info(
                "Stuck video", extra={"video_id": record.video.id, "status": status, "repair": repair}
            )
            done.append(repair)
    return done


def _note_failure(
    services: Services[ReconcileJobsEnvironment], record: VideoRecord, error: Exception
) -> Repair:
    """A video that cannot be repaired stops none of the others."""
    reason = reason_of(error)
    logger.warning("Not repaired", extra={"video_id": record.video.id, "reason": reason})
    if not is_service_fault(error):
        services.records.count_repair(record, reason)
    return Repair.NOT_REPAIRED


def _submit_again(services: Services[ReconcileJobsEnvironment], record: VideoRecord, _: Backlog) -> Repair:
    """There is no job: the upload's message is lost, or a dead-letter message; or the attempt is an automatic
    retry, which has had none yet. The request token makes a second one harmless.
    """
    if not is_due(record):
        return Repair.LEFT_ALONE
    if record.repairs >= MOST_REPAIRS:
        return _give_up_with_last_reason(services, record)
    if not services.records.count_repair(record):
        return Repair.LEFT_ALONE
    _send_upload(services, record)
    return Repair.RETRIED if record.not_before and not record.repairs else Repair.SUBMITTED_AGAIN


def _ask_about_job(
    services: Services[ReconcileJobsEnvironment], record: VideoRecord, backlog: Backlog
) -> Repair:
    """There is a job, and no message of it came: the tracking service says what became of it."""
    assert record.job_id
    try:
        read_page(services.tracking, record.job_id, None)
    except JobInProgressError:
        hours = (time.time() - epoch(record.started_at or record.updated_at)) / 3600
        if hours < _LONGEST_JOB_HOURS:
            return Repair.LEFT_ALONE
        return _give_up(services, record, messages.JOB_NEVER_ENDED.format(hours=_LONGEST_JOB_HOURS))
    except JobNotFoundError as error:
        return _run_again(services, record, messages.JOB_GONE.format(reason=error))
    except JobFailedError:
        # The collector fails the video with the job's reason.
        pass
    except ClientError as error:
        if is_service_fault(error) or record.repairs < MOST_REPAIRS:
            raise
        return _give_up(
            services, record, messages.GIVEN_UP.format(repairs=MOST_REPAIRS, reason=reason_of(error))
        )
    return _collect_again(services, record, backlog)


def _run_again(services: Services[ReconcileJobsEnvironment], record: VideoRecord, reason: str) -> Repair:
    """Begin a new attempt at once."""
    if record.repairs >= MOST_REPAIRS or record.automatic_retries >= MOST_RETRIES:
        return _give_up(services, record, reason)
    if not services.records.begin_retry(record, reason, unchanged=True):
        return Repair.LEFT_ALONE
    _send_upload(services, record)
    return Repair.SUBMITTED_AGAIN


def _collect_again(
    services: Services[ReconcileJobsEnvironment], record: VideoRecord, backlog: Backlog
) -> Repair:
    """The job has ended and nothing collects it: the completion message is lost, or a dead-letter message."""
    if backlog.collects:
        return Repair.LEFT_ALONE
    if record.repairs >= MOST_REPAIRS:
        return _give_up_with_last_reason(services, record)
    if not services.records.count_repair(record):
        return Repair.LEFT_ALONE
    send_completion(services.sqs, services.environment.collect_queue_url, record)
    return Repair.COLLECTED_AGAIN


def _give_up_with_last_reason(services: Services[ReconcileJobsEnvironment], record: VideoRecord) -> Repair:
    reason = record.status_message or messages.UNKNOWN_ERROR
    return _give_up(services, record, messages.GIVEN_UP.format(repairs=MOST_REPAIRS, reason=reason))


def _give_up(services: Services[ReconcileJobsEnvironment], record: VideoRecord, reason: str) -> Repair:
    # Resumable: its dead-letter message runs it again once an operator sends that again.
    if services.records.fail(record, reason, resumable=True, unchanged=True):
        announce(services, record.video.id)
        return Repair.GIVEN_UP
    return Repair.LEFT_ALONE


def _send_upload(services: Services[ReconcileJobsEnvironment], record: VideoRecord) -> None:
    upload = Upload(record.video, record.sequencer)
    send_upload(services.sqs, services.environment.upload_queue_url, upload, Delivery())


_REPAIR_BY_STATUS: dict[str, Callable[[Services[ReconcileJobsEnvironment], VideoRecord, Backlog], Repair]] = {
    SUBMITTING: _submit_again,
    IN_PROGRESS: _ask_about_job,
    COLLECTING: _ask_about_job,
}
