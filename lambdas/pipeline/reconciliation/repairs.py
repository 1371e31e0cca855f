"""Mending what no message will mend any more: METAs that have not moved for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline.collection.person_pages import JobFailedError, JobGoneError, JobRunningError, read_page
from pipeline.messaging.completion_message import send_completion
from pipeline.messaging.events import announce
from pipeline.messaging.upload_message import Delivery, Upload, send_upload
from pipeline.reconciliation.backlog import Backlog
from pipeline.rekognition.errors import is_passing, reason_of
from pipeline.runtime.clock import epoch, iso
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import logger
from pipeline.storage.video_record import COLLECTING, IN_PROGRESS, SUBMITTING, Meta
from pipeline.storage.video_records import Metas

if TYPE_CHECKING:
    from pipeline.runtime.services import Services

MOST_REPAIRS = 5
# The engine ends a job after 24 hours itself, and says why: an hour for it to do so.
_LONGEST_JOB_SECONDS = 25 * 3600


class Repair(StrEnum):
    """What was done about a stuck META."""

    SUBMITTED_AGAIN = "submitted again"
    COLLECTED_AGAIN = "collected again"
    GIVEN_UP = "given up"
    NOT_REPAIRED = "not repaired"
    LEFT_ALONE = "left alone"


def repair_stuck(
    services: Services, metas: Metas, patience: float, backlog: Backlog, deadline: Deadline
) -> list[Repair]:
    """Mend every META that is under way and was not touched for `patience` seconds, while there is time.

    What may have a message in a queue with a `backlog` is left alone: it waits for its turn. Half of the
    invocation's time is left for what else there is to do.
    """
    until = iso(time.time() - patience)
    done: list[Repair] = []
    for status, mend in _MENDERS.items():
        if status == SUBMITTING and backlog.uploads:
            continue
        for meta in metas.with_status(status, until):
            if deadline.is_past_half():
                return done
            try:
                repair = mend(services, metas, meta, backlog)
            except Exception as error:
                repair = _note_failure(metas, meta, error)
            logger.info("Repair", extra={"video_id": meta.video.id, "status": status, "repair": repair})
            done.append(repair)
    return done


def _note_failure(metas: Metas, meta: Meta, error: Exception) -> Repair:
    """One META that cannot be mended stops none of the others."""
    reason = reason_of(error)
    logger.warning("Not repaired", extra={"video_id": meta.video.id, "reason": reason})
    if not is_passing(error):
        metas.count_repair(meta, reason)
    return Repair.NOT_REPAIRED


def _submit_again(services: Services, metas: Metas, meta: Meta, _: Backlog) -> Repair:
    """No job: its message is lost, or a dead letter. The token makes a second message harmless."""
    if _given_up(services, metas, meta):
        return Repair.GIVEN_UP
    if not metas.count_repair(meta):
        return Repair.LEFT_ALONE
    upload = Upload(meta.video, meta.sequencer)
    send_upload(services.sqs, services.environment.upload_queue_url, upload, Delivery())
    return Repair.SUBMITTED_AGAIN


def _ask_about_job(services: Services, metas: Metas, meta: Meta, backlog: Backlog) -> Repair:
    """A job and no completion message in sight: the service says what became of it."""
    assert meta.job_id
    try:
        read_page(services.tracking, meta.job_id, None)
    except JobRunningError:
        if time.time() - epoch(meta.started_at or meta.updated_at) < _LONGEST_JOB_SECONDS:
            return Repair.LEFT_ALONE
        return _give_up(services, metas, meta, "The tracking job was still running after 25 hours.")
    except JobGoneError as error:
        # A new attempt, through the queue, where a redriven upload of a failed video runs again.
        if meta.repairs >= MOST_REPAIRS:
            return _give_up(services, metas, meta, f"The tracking job is gone: {error}")
        if not metas.fail(meta, f"The tracking job is gone: {error}", resumable=True, untouched=True):
            return Repair.LEFT_ALONE
        upload = Upload(meta.video, meta.sequencer)
        send_upload(services.sqs, services.environment.upload_queue_url, upload, Delivery())
        return Repair.SUBMITTED_AGAIN
    except JobFailedError:
        pass
    except ClientError as error:
        if is_passing(error) or meta.repairs < MOST_REPAIRS:
            raise
        return _give_up(services, metas, meta, f"Given up after {MOST_REPAIRS} repairs: {reason_of(error)}")
    return _collect_again(services, metas, meta, backlog)


def _collect_again(services: Services, metas: Metas, meta: Meta, backlog: Backlog) -> Repair:
    """Ended, and nobody collecting: the completion message is lost, or a dead letter."""
    if backlog.collects:
        return Repair.LEFT_ALONE
    if _given_up(services, metas, meta):
        return Repair.GIVEN_UP
    if not metas.count_repair(meta):
        return Repair.LEFT_ALONE
    send_completion(services.sqs, services.environment.collect_queue_url, meta)
    return Repair.COLLECTED_AGAIN


def _given_up(services: Services, metas: Metas, meta: Meta) -> bool:
    if meta.repairs < MOST_REPAIRS:
        return False
    why = meta.status_message or "no reason is known"
    _give_up(services, metas, meta, f"Given up after {MOST_REPAIRS} repairs: {why}")
    return True


def _give_up(services: Services, metas: Metas, meta: Meta, reason: str) -> Repair:
    # Resumable: what waits in a dead-letter queue still finds its way when an operator sends it again.
    if metas.fail(meta, reason, resumable=True, untouched=True):
        announce(services, metas, meta.video.id)
        return Repair.GIVEN_UP
    return Repair.LEFT_ALONE


_MENDERS: dict[str, Callable[[Services, Metas, Meta, Backlog], Repair]] = {
    SUBMITTING: _submit_again,
    IN_PROGRESS: _ask_about_job,
    COLLECTING: _ask_about_job,
}
