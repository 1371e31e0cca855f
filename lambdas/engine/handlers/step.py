"""What the workflow's steps have in common: their stores, and how they answer an error that is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import NoSuchJobError
from engine.jobs.table import JobsTable
from engine.runtime import clients
from engine.runtime.environment import WorkEnvironment
from engine.runtime.observability import logger
from engine.storage.results import Results
from engine.storage.workspace import Workspace
from engine.video.errors import VideoError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Stores:
    """Where a step reads and writes: the jobs table, S3, and what a job keeps in the work bucket."""

    jobs: JobsTable
    turns: DetectionTurns
    s3: S3Client
    work_bucket: str

    @classmethod
    def of(cls, environment: WorkEnvironment) -> Stores:
        table = clients.dynamodb_table(environment.jobs_table)
        return cls(JobsTable(table), DetectionTurns(table), clients.s3(), environment.work_bucket)

    def workspace(self, job_id: str) -> Workspace:
        return Workspace(self.s3, self.work_bucket, job_id)

    def results(self, job_id: str) -> Results:
        return Results(self.s3, self.work_bucket, job_id)


def answer(jobs: JobsTable, job_id: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the step answers to the state machine: what `work` returns, with the job's id.

    An error that no retry can cure is an answer too, `{"JobId", "Error": {"Error", "Cause"}}`, which the
    state machine leads to its end: a video at fault (the reason stays with the job, for `finish`), or a job
    that was deleted meanwhile. Everything else is raised, and the state machine retries it for long.
    """
    try:
        return {"JobId": job_id, **work()}
    except VideoError as error:
        jobs.video_at_fault(job_id, str(error))
        return final(job_id, error)
    except NoSuchJobError as error:
        return final(job_id, error)


def final(job_id: str, error: VideoError | NoSuchJobError) -> dict[str, Any]:
    """The answer that ends the execution with `error`, in the form of a Catch."""
    name = type(error).__name__
    logger.info("Not to be retried", error=name)
    return {"JobId": job_id, "Error": {"Error": name, "Cause": str(error)}}
