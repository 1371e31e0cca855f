"""StartPersonTracking: check the call and the object, make one job, start its execution."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.api import errors, video_check
from engine.jobs.model import NoSuchJobError, Submission, TokenTakenError, TooManyOpenJobsError
from engine.jobs.table import JobsTable
from engine.messages import request as messages
from engine.stage import Stage

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True)
class StartPersonTracking:
    jobs: JobsTable
    s3: S3Client
    stepfunctions: SFNClient
    state_machine_arn: str
    max_open_jobs: int

    def __call__(self, request: dict[str, Any], user_arn: str | None) -> dict[str, Any]:
        """`request`: the members the service model let through. Raises the contract's errors."""
        submission = submission_of(request)
        job_id = self._job_of(submission, user_arn) or self._new_job(submission, user_arn)
        return {"JobId": job_id}

    def _job_of(self, submission: Submission, user_arn: str | None) -> str | None:
        """The job the token already made, whatever has become of its object since; None for a new token."""
        token = self.jobs.token(submission.token) if submission.token else None
        if token is None:
            return None
        if token.fingerprint != submission.fingerprint:
            raise errors.IdempotentParameterMismatchError.of_token(str(submission.token))
        self._start_if_interrupted(token.job_id, user_arn)
        return token.job_id

    def _start_if_interrupted(self, job_id: str, user_arn: str | None) -> None:
        """The first call may have ended between making the job and starting it; starting is idempotent."""
        try:
            job = self.jobs.find(job_id)
        except NoSuchJobError:
            return
        if job.stage is Stage.ACCEPTED:
            with self._limit_answered(user_arn):
                self.jobs.reaccept(job_id, self.max_open_jobs)
            self._start(job_id)
            if not self.jobs.started(job_id) and not self._exists(job_id):
                raise errors.ThrottlingError  # the first call has just given it up

    def _exists(self, job_id: str) -> bool:
        try:
            self.jobs.find(job_id)
        except NoSuchJobError:
            return False
        return True

    def _new_job(self, submission: Submission, user_arn: str | None) -> str:
        found = video_check.check(self.s3, submission.bucket, submission.key, submission.version)
        try:
            with self._limit_answered(user_arn):
                job_id = self.jobs.accept(submission, found, self.max_open_jobs)
        except TokenTakenError:
            return self._job_of(submission, user_arn) or self._new_job(submission, user_arn)
        try:
            self._start(job_id)
        except Exception:
            if self.jobs.abandon(job_id, submission.token):
                raise
        else:
            self.jobs.started(job_id)
        return job_id

    @contextmanager
    def _limit_answered(self, user_arn: str | None) -> Iterator[None]:
        """Answers in the contract's form that too many jobs are open."""
        try:
            yield
        except TooManyOpenJobsError as full:
            raise errors.LimitExceededError.open_jobs(full.count, self.max_open_jobs, user_arn) from full

    def _start(self, job_id: str) -> None:
        with suppress(self.stepfunctions.exceptions.ExecutionAlreadyExists):
            self.stepfunctions.start_execution(
                stateMachineArn=self.state_machine_arn, name=job_id, input=json.dumps({"JobId": job_id})
            )


def submission_of(request: dict[str, Any]) -> Submission:
    """What a call asks for. Raises InvalidParameterError."""
    # The model requires none of these three, yet nothing can be tracked without the first two.
    video = request["Video"].get("S3Object", {})
    missing = [name for name in ("Bucket", "Name") if name not in video]
    if missing:
        raise errors.InvalidParameterError.because(
            *(messages.REQUIRED.format(member=f"Video.S3Object.{name}") for name in missing)
        )
    asked = {name: value for name, value in request.items() if name != "ClientRequestToken"}
    channel = request.get("NotificationChannel", {})
    return Submission(
        bucket=video["Bucket"],
        key=video["Name"],
        version=video.get("Version"),
        fingerprint=hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest(),
        token=request.get("ClientRequestToken"),
        tag=request.get("JobTag"),
        topic_arn=channel.get("SNSTopicArn"),
        role_arn=channel.get("RoleArn"),
    )
