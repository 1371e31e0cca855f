"""GetPersonTracking: a job's state and one page of its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.api import errors, pagination
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import Job, NoSuchJobError, Status
from engine.jobs.table import JobsTable
from engine.storage.results import Results

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_RESULTS = 1000
"""Records in a page at most, as in Rekognition; a larger `MaxResults` is clipped to it."""

_MOST_READ = 16
"""Jobs whose results are kept at hand."""


@dataclass(frozen=True)
class GetPersonTracking:
    jobs: JobsTable
    turns: DetectionTurns
    s3: S3Client
    work_bucket: str
    _read: dict[str, Results] = field(default_factory=dict, init=False)

    def __call__(self, request: dict[str, Any], user_arn: str | None) -> dict[str, Any]:
        """`request`: the members the service model let through. Raises the contract's errors."""
        del user_arn
        try:
            job = self.jobs.find(request["JobId"])
        except NoSuchJobError as missing:
            raise errors.ResourceNotFoundError from missing
        order = request.get("SortBy", "TIMESTAMP")
        # AWS's own samples send an empty token with their first call.
        token = request.get("NextToken", "")
        start = pagination.redeem(job.secret, order, token) if token else 0
        count = min(request.get("MaxResults", MAX_RESULTS), MAX_RESULTS, job.record_count - start)
        persons = self._page(job, order, start, count)
        answer = {**_state(job), "Persons": persons}
        more = bool(persons) and start + count < job.record_count
        if more:
            answer["NextToken"] = pagination.issue(job.secret, order, start + count)
        if job.status is Status.SUCCEEDED:
            self.turns.page_read(job.id, last=not more)
        return answer

    def _page(self, job: Job, order: str, start: int, count: int) -> list[dict[str, Any]]:
        if job.status is not Status.SUCCEEDED or count <= 0:
            return []
        return self._results(job.id).page(order, start, count)

    def _results(self, job_id: str) -> Results:
        """The job's, kept from page to page."""
        if job_id not in self._read:
            if len(self._read) == _MOST_READ:
                self._read.clear()
            self._read[job_id] = Results(self.s3, self.work_bucket, job_id)
        return self._read[job_id]


def _state(job: Job) -> dict[str, Any]:
    return {
        "JobStatus": job.status.value,
        "StatusMessage": job.status_message,
        "VideoMetadata": job.metadata if job.status is not Status.IN_PROGRESS else None,
        "JobId": job.id,
        "Video": job.video,
        "JobTag": job.tag,
    }
