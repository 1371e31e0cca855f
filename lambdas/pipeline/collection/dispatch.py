"""Deciding what to do about a completion message: collect, wait, fail the video or ignore the message."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum

from pipeline import messages
from pipeline.answering.changed_scenes import ask_again_if_stale
from pipeline.automatic_retry import MOST_RETRIES, retry_later
from pipeline.collection.collector import Collector, Progress
from pipeline.collection.deletion import delete_tracks
from pipeline.collection.lease import Lease, take_lease
from pipeline.errors import (
    CompletionExpiredError,
    JobFailedError,
    JobInProgressError,
    JobNotFoundError,
    JobServiceFaultError,
    LeaseLostError,
)
from pipeline.messages import reason_of
from pipeline.messaging.announcement import announce
from pipeline.messaging.backoff import delay_seconds
from pipeline.messaging.completion_message import Completion, CompletionMessage, resend_completion
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.observability import count, logger
from pipeline.services import Services
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.video_record import FAILED, SUBMITTING, SUCCEEDED, VideoRecord

_MOST_TRIES = 70
"""Waits in a row, without one person more, before the message fails: about two hours, which is longer than
any lease, and than any delivery of the upload that owns the job."""


class Outcome(StrEnum):
    """What became of a completion message."""

    READY = "ready"
    HANDED_OVER = "handed over"
    WAITING = "waiting"
    FAILED = "failed"
    RETRIED_LATER = "retried later"
    LEFT = "left to the reconciler"
    IGNORED = "ignored"


def dispatch(
    services: Services[CollectTracksEnvironment], message: CompletionMessage, deadline: Deadline
) -> Outcome:
    """Collect the job's tracks, as far as the invocation's time allows, if they are to be collected now.

    Raises whatever goes wrong unexpectedly, the record saying why, for the queue to deliver the message
    again.
    """
    record = _record_of(services, message.completion)
    if record is None:
        logger.info("Completion ignored: not a current job", extra={"job_id": message.completion.job_id})
        return Outcome.IGNORED
    if record.status == SUBMITTING:
        # The message overtook the job's id, which the upload's delivery will store: any job might be an
        # earlier attempt's until then.
        return _wait(services, message, message.tries + 1)
    if record.status == SUCCEEDED or (record.status == FAILED and not record.resumable):
        _conclude(services, record)
        return Outcome.IGNORED
    lease = take_lease(services.records, record, message.id, deadline.seconds())
    if lease is None:
        return _wait(services, message, message.tries + 1)
    if lease.follows_lost_invocation:
        # As a new message: lost invocations count against the queue's limit of receives only while none of
        # them gets further.
        lease.release()
        return _hand_over(services, message)
    return _collect(services, message, lease, deadline)


def _record_of(services: Services[CollectTracksEnvironment], completion: Completion) -> VideoRecord | None:
    """The record of the video whose current job has ended, or None."""
    if not completion.video_id:
        return None
    record = services.records.get(completion.video_id)
    if record is None:
        # The video was forgotten; this may be the message of an invocation that was lost while collecting it.
        delete_tracks(services, completion.video_id)
        return None
    if completion.job_id in record.previous_job_ids or record.job_id not in (None, completion.job_id):
        return None
    return record


def _collect(
    services: Services[CollectTracksEnvironment],
    message: CompletionMessage,
    lease: Lease,
    deadline: Deadline,
) -> Outcome:
    record = lease.record
    try:
        progress = Collector(services, lease, deadline).run()
    except JobInProgressError:
        lease.release()
        progress = Progress.HELD_BACK
    except JobFailedError as error:
        service_fault = isinstance(error, JobServiceFaultError) or message.completion.service_fault
        return _fail(services, record, str(error), may_retry=service_fault)
    except (JobNotFoundError, LeaseLostError) as error:
        if services.records.get(record.video.id) is None:
            # Forgotten while it was collected: what has been written since is deleted too.
            delete_tracks(services, record.video.id)
            return Outcome.IGNORED
        if isinstance(error, LeaseLostError):
            # The invocation that took over has a message of its own; this one comes again and finds it done.
            raise
        # The reconciler finds the job gone too, and may begin a new attempt.
        services.records.note(record, messages.RESULTS_GONE.format(reason=error))
        lease.release()
        return Outcome.LEFT
    except Exception as error:
        services.records.note(record, reason_of(error))
        with suppress(LeaseLostError):
            lease.release()
        raise
    if progress == Progress.FINISHED:
        _conclude(services, record)
        return Outcome.READY
    if progress == Progress.OUT_OF_TIME:
        return _hand_over(services, message)
    count("CollectionsHeldBack")
    # Only waits without progress add up.
    return _wait(services, message, 1 if lease.got_further else message.tries + 1)


def _fail(
    services: Services[CollectTracksEnvironment], record: VideoRecord, reason: str, *, may_retry: bool
) -> Outcome:
    """The job failed: so has the video, unless it may run again by itself."""
    if may_retry and record.automatic_retries < MOST_RETRIES:
        if not retry_later(services.records, record, reason):
            return Outcome.IGNORED
        count("AutomaticRetries")
        return Outcome.RETRIED_LATER
    if record.attempt > 1:
        # What an earlier upload to this key left does not belong to this one.
        delete_tracks(services, record.video.id, record.answers_keys)
    services.records.fail(record, reason)
    announce(services, record.video.id)
    return Outcome.FAILED


def _wait(services: Services[CollectTracksEnvironment], message: CompletionMessage, tries: int) -> Outcome:
    if tries > _MOST_TRIES:
        raise CompletionExpiredError(
            messages.WAITED_TOO_OFTEN.format(job_id=message.completion.job_id, times=tries)
        )
    queue_url = services.environment.collect_queue_url
    resend_completion(services.sqs, queue_url, message.body, delay_seconds(tries - 1), tries)
    return Outcome.WAITING


def _hand_over(services: Services[CollectTracksEnvironment], message: CompletionMessage) -> Outcome:
    """Let another invocation go on at once."""
    resend_completion(services.sqs, services.environment.collect_queue_url, message.body, delay=0, tries=0)
    return Outcome.HANDED_OVER


def _conclude(services: Services[CollectTracksEnvironment], record: VideoRecord) -> None:
    """Do what is left for a video that is over, unless an earlier delivery has."""
    if record.announced_at:
        return
    TracksFolder(services.s3, services.environment.results_bucket, record.video.id).delete_parts()
    ask_again_if_stale(services, record.video.id)
    announce(services, record.video.id)
