"""What to do about a completion message: collect, wait, fail the video or let it be."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pipeline.collection.collector import Collection, Progress
from pipeline.collection.leases import Lease, LeaseLostError, take_lease
from pipeline.collection.person_pages import JobFailedError, JobGoneError, JobRunningError
from pipeline.messaging.backoff import delay_seconds
from pipeline.messaging.completion_message import TRIES, Completion, read_completion, resend_completion
from pipeline.messaging.events import announce
from pipeline.rekognition.errors import reason_of
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.observability import count, logger
from pipeline.storage.delete_tracks import discard_tracks
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.video_record import FAILED, SUBMITTING, SUCCEEDED, Meta
from pipeline.storage.video_records import Metas

if TYPE_CHECKING:
    from pipeline.runtime.services import Services

# Two hours of waiting without one person more: longer than any lease and any delivery of the upload that owns
# the job.
_MOST_TRIES = 70


class Outcome(StrEnum):
    """What became of a completion message."""

    READY = "ready"
    HANDED_OVER = "handed over"
    WAITING = "waiting"
    FAILED = "failed"
    LEFT = "left to the reconciler"
    IGNORED = "ignored"


class WaitedTooLongError(Exception):
    """The message has gone round often enough for a person to look at it."""


def take_completion(
    services: Services, body: str, attributes: Mapping[str, Any], message_id: str, deadline: Deadline
) -> Outcome:
    """Collect the job's tracks, as far as this invocation's time allows.

    Args:
        services: the AWS clients.
        body: the message's.
        attributes: the message's, in Lambda's form.
        message_id: the message's; the same again means its last invocation died.
        deadline: the invocation's.

    Raises whatever goes wrong unexpectedly, META saying why, for the queue to deliver the message again.
    """
    environment = services.environment
    metas = Metas(services.dynamodb, environment.tracks_table, environment.retention_days)
    completion = read_completion(body)
    tries = int((attributes.get(TRIES) or {}).get("stringValue") or 0)

    def come_back(outcome: Outcome, tries: int) -> Outcome:
        if tries > _MOST_TRIES:
            raise WaitedTooLongError(f"Waited {tries} times for job {completion.job_id}.")
        delay = delay_seconds(tries - 1) if tries else 0
        resend_completion(services.sqs, environment.collect_queue_url, body, delay, tries)
        return outcome

    meta = metas.get(completion.video_id) if completion.video_id else None
    if meta is None and completion.video_id:
        # Forgotten; and if an invocation died collecting it, this is that one's message coming again.
        discard_tracks(services, completion.video_id)
    if meta is None or _is_of_another_attempt(completion, meta):
        logger.info("Not a job of ours, or no more", extra={"job_id": completion.job_id})
        return Outcome.IGNORED
    if meta.status == SUBMITTING:
        # The message overtook the job id. The upload's delivery stores it; guessing could take an old job for
        # it.
        return come_back(Outcome.WAITING, tries + 1)
    if meta.status == SUCCEEDED or (meta.status == FAILED and not meta.resumable):
        _settle(services, metas, meta)
        return Outcome.IGNORED
    lease = take_lease(
        services.dynamodb, environment.tracks_table, metas, meta, message_id, deadline.seconds()
    )
    if lease is None:
        return come_back(Outcome.WAITING, tries + 1)
    if lease.follows_death:
        # As a new message: deaths count against the queue's limit of receives only while nothing is gained.
        lease.release()
        return come_back(Outcome.HANDED_OVER, 0)
    progress = _collect(services, metas, lease, deadline)
    if progress == Progress.FINISHED:
        _settle(services, metas, lease.meta)
        return Outcome.READY
    if progress == Progress.OUT_OF_TIME:
        return come_back(Outcome.HANDED_OVER, 0)
    if progress == Progress.HELD_BACK:
        count("CollectionsHeldBack")
        # Only waiting that gets nowhere adds up.
        return come_back(Outcome.WAITING, 1 if lease.got_further else tries + 1)
    return Outcome.LEFT if progress == Progress.JOB_GONE else Outcome.FAILED


def _collect(services: Services, metas: Metas, lease: Lease, deadline: Deadline) -> Progress | None:
    """Collect under the lease; None when the job turns out to have failed, META saying so."""
    meta = lease.meta
    try:
        return Collection(services, lease, deadline).run()
    except JobFailedError as error:
        if meta.attempt > 1:
            # What an earlier upload under this name left is not this one's.
            discard_tracks(services, meta.video.id)
        metas.fail(meta, str(error))
    except JobRunningError:
        lease.release()
        return Progress.HELD_BACK
    except (JobGoneError, LeaseLostError) as error:
        if metas.get(meta.video.id) is None:
            # Forgotten while it was collected: what was written since goes too.
            discard_tracks(services, meta.video.id)
            return None
        if isinstance(error, JobGoneError):
            # The reconciler, who may send uploads, finds the job gone too and begins a new attempt.
            metas.note(meta, f"The tracking job's results are gone: {error}")
            lease.release()
            return Progress.JOB_GONE
        # Not an answer to this message: whoever took over has one of its own, this one comes again and finds
        # it done.
        raise
    except Exception as error:
        metas.note(meta, reason_of(error))
        with suppress(LeaseLostError):
            lease.release()
        raise
    announce(services, metas, meta.video.id)
    return None


def _settle(services: Services, metas: Metas, meta: Meta) -> None:
    """What is left to do for a video that is over, were it for a delivery that died before it."""
    if meta.announced_at:
        return
    TracksFolder(services.s3, services.environment.results_bucket, meta.video.id).delete_pieces()
    announce(services, metas, meta.video.id)


def _is_of_another_attempt(completion: Completion, meta: Meta) -> bool:
    if completion.job_id in meta.previous_job_ids:
        return True
    return meta.job_id is not None and completion.job_id != meta.job_id
