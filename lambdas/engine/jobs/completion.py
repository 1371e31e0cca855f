"""The end of a job: its outcome settled once, its caller told once, whoever asks and however often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.jobs import failure_reason, notification
from engine.jobs.table import Job, JobsTable, Status

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

CLAIM_SECONDS = 150
"""Longer than publishing can take, shorter than the retries of those who wait for it."""


class NotificationUnderWay(Exception):
    """Another run holds the claim to publish; try again when it has published or died."""


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

        A job that is over keeps its outcome. The caller is told exactly once, unless a run dies between
        publishing and noting it: then twice. Raises NoSuchJob, NotificationUnderWay, botocore's ClientError.
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
            raise NotificationUnderWay(job.id)
        try:
            notification.publish(self.sts, job)
        except Exception:
            self.jobs.release_notification(job.id)
            raise
        self.jobs.notified(job.id)
