"""Accepting jobs: at most so many are open at once, and a ClientRequestToken makes one job only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from engine.jobs.items import KEPT_SECONDS, job_key, new_job, new_token, token_key
from engine.jobs.model import (
    Found,
    NoSuchJobError,
    Status,
    Submission,
    Token,
    TokenTakenError,
    TooManyOpenJobsError,
)
from engine.jobs.records import JobRecords
from engine.jobs.transaction import CONDITION_FAILED, write_all
from engine.stage import Stage

_T = TypeVar("_T")

NEVER_STARTED_SECONDS = 15 * 60
"""An accepted job whose execution has not started by then never will be: no Lambda invocation runs longer."""

LONGEST_SECONDS = 25 * 3600
"""No execution lasts as long, a day at most and an hour to settle it: an older open job was lost."""


class Acceptance(JobRecords):
    """How a job becomes one of the open ones, and how it is taken back."""

    def token(self, token: str) -> Token | None:
        """What a ClientRequestToken is bound to, None when it is free."""
        item = self._get(token_key(token))
        return Token(str(item["JobId"]), str(item["Fingerprint"])) if item else None

    def accept(self, submission: Submission, found: Found, max_open: int) -> str:
        """Makes a job, binds its token and counts it as open: all three or none. Returns the new job's id.

        Raises TokenTakenError, TooManyOpenJobsError, TableBusyError.
        """
        return self._with_lost_jobs_closed(lambda: self._accept(submission, found, max_open))

    def reaccept(self, job_id: str, max_open: int) -> None:
        """Another call is about to start a job its first caller did not: it counts as open, from now on.

        Without this, one that is no longer counted would run uncounted. Raises TooManyOpenJobsError and
        TableBusyError.
        """
        self._with_lost_jobs_closed(lambda: self._reaccept(job_id, max_open))

    def abandon(self, job_id: str, token: str | None) -> bool:
        """Undoes `accept`: the job's execution could not be started.

        False when another call with the token has started it meanwhile: then the job stands.
        """
        delete = self._delete(job_key(job_id))
        delete["Delete"] |= {
            "ConditionExpression": "Stage = :accepted",
            "ExpressionAttributeValues": {":accepted": Stage.ACCEPTED.value},
        }
        items = [delete, self._open.removing(job_id)]
        if token:
            items.append(self._delete(token_key(token)))
        return not write_all(self._table, items)

    def _accept(self, submission: Submission, found: Found, max_open: int) -> str:
        job_id = secrets.token_hex(32)
        items = [self._open.adding(job_id, max_open), self._put_job(job_id, submission, found)]
        if submission.token:
            items.append(self._put_token(job_id, submission.token, submission.fingerprint))
        reasons = write_all(self._table, items)
        if submission.token and reasons[2:] == [CONDITION_FAILED]:
            raise TokenTakenError
        if reasons:
            raise TooManyOpenJobsError(len(self._open.ids()))
        return job_id

    def _reaccept(self, job_id: str, max_open: int) -> None:
        now = self._clock()
        accepted_again = {
            "Update": {
                "TableName": self._table.name,
                "Key": job_key(job_id),
                "UpdateExpression": "SET CreatedAt = :now, ExpiresAt = :expiry",
                "ConditionExpression": "Stage = :accepted",
                "ExpressionAttributeValues": {
                    ":now": int(now * 1000),
                    ":expiry": int(now) + KEPT_SECONDS,
                    ":accepted": Stage.ACCEPTED.value,
                },
            }
        }
        reasons = write_all(self._table, [self._open.adding(job_id, max_open), accepted_again])
        # Where only the second failed, yet another call was faster.
        if reasons[:1] == [CONDITION_FAILED]:
            raise TooManyOpenJobsError(len(self._open.ids()))

    def _with_lost_jobs_closed(self, attempt: Callable[[], _T]) -> _T:
        """Tries once more where jobs that are not under way were still counted."""
        try:
            return attempt()
        except TooManyOpenJobsError:
            if not self._close_lost_jobs():
                raise
        return attempt()

    def _put_job(self, job_id: str, submission: Submission, found: Found) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": new_job(job_id, submission, found, self._clock()),
                "ConditionExpression": "attribute_not_exists(PK)",
            }
        }

    def _put_token(self, job_id: str, token: str, fingerprint: str) -> dict[str, Any]:
        now = self._clock()
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": new_token(token, job_id, fingerprint, now),
                "ConditionExpression": "attribute_not_exists(PK) OR ExpiresAt <= :now",
                "ExpressionAttributeValues": {":now": int(now)},
            }
        }

    def _delete(self, key: dict[str, str]) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table.name, "Key": key}}

    def _close_lost_jobs(self) -> bool:
        """Stops counting jobs that are over, never began or were lost; true when there were any."""
        lost = {job_id for job_id in self._open.ids() if self._is_lost(job_id)}
        if lost:
            write_all(self._table, [self._open.removing(*lost)])
        return bool(lost)

    def _is_lost(self, job_id: str) -> bool:
        try:
            job = self.find(job_id)
        except NoSuchJobError:
            return True
        age = self._clock() - job.created_at / 1000
        never_started = job.stage is Stage.ACCEPTED and age > NEVER_STARTED_SECONDS
        return job.status is not Status.IN_PROGRESS or never_started or age > LONGEST_SECONDS
