"""The end of a job: settled once and published once, however often a step asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.jobs import failure_reason, notification
from engine.jobs.model import Job, Status
from engine.jobs.table import JobsTable

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

CLAIM_SECONDS = 150
"""Seconds that a claim to publish lasts: longer than publishing can take, shorter than a step's retries."""


class NotificationUnderWayError(EngineError):
    """Another run holds the claim to publish. Retry: it publishes, or its claim ends."""


@dataclass(frozen=True)
class Outcome:
    """A job that is over; `is_new` when this run ended it."""

    job: Job
    is_new: bool


@dataclass(frozen=True)
class Completion:
    jobs: JobsTable
    sts: STSClient

    def settle(self, job_id: str, error: str | None) -> Outcome:
        """Ends the job: FAILED when `error` (a state machine's error or status) is given, else SUCCEEDED.

        A job that is over keeps its outcome. The completion message is published exactly once, unless a run
        is killed between publishing and recording it: then twice.

        Raises:
            NoSuchJobError: the job is unknown or was deleted.
            NotificationUnderWayError: another run is publishing.
            ClientError: AWS refuses to publish.
        """
        job = self.jobs.find(job_id)
        was_open = job.status is Status.IN_PROGRESS
        if was_open:
            job = self._end(job, error)
        if job.topic_arn and not job.notified:
            self._notify(job)
        return Outcome(job, was_open)

    def _end(self, job: Job, error: str | None) -> Job:
        if error is None:
            return self.jobs.complete(job.id, Status.SUCCEEDED, job.note)
        return self.jobs.complete(job.id, Status.FAILED, failure_reason.reason(job, error))

    def _notify(self, job: Job) -> None:
        if not self.jobs.claim_notification(job.id, CLAIM_SECONDS):
            if self.jobs.find(job.id).notified:
                return
            raise NotificationUnderWayError(job.id)
        try:
            notification.publish(self.sts, job)
        except Exception:
            self.jobs.release_notification(job.id)
            raise
        self.jobs.notified(job.id)
