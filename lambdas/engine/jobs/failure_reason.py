"""From what went wrong in a step to the one line its caller reads as StatusMessage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.jobs.table import Job, JobsTable, Stage
from engine.video.errors import VideoError

_DOING = {
    Stage.ACCEPTED: "starting",
    Stage.STARTED: "starting",
    Stage.PLANNING: "reading the video",
    Stage.DETECTING: "detecting people",
    Stage.LINKING: "linking people's paths",
    Stage.FINISHING: "finishing",
    Stage.DONE: "finishing",
}

_EXECUTION_TIMED_OUT = "TIMED_OUT"
_TIMED_OUT = frozenset({"States.Timeout", "Sandbox.Timedout"})
_ABORTED = frozenset({"ABORTED"})


@contextmanager
def noted(jobs: JobsTable, job_id: str, stage: Stage) -> Iterator[None]:
    """Keeps a step's reason with the job and raises on; a Distributed Map tells only that an item failed."""
    try:
        yield
    except VideoError as error:
        jobs.step_failed(job_id, stage, str(error))
        raise
    except Exception:
        jobs.step_failed(job_id, stage, f"An unexpected error occurred while {_DOING[stage]}.")
        raise


def reason(job: Job, error: str) -> str:
    """Why a job failed, in one line.

    Args:
        job: as it was when it stopped.
        error: the state machine's error name, or the status its execution ended with.
    """
    doing = _DOING[job.stage]
    if error in _ABORTED:
        return f"The job was aborted while {doing}."
    if error == _EXECUTION_TIMED_OUT:
        return f"The time limit was reached while {doing}."  # whatever a retry had mended before
    if job.failure_reason and job.failed_stage == job.stage:
        return job.failure_reason
    if error in _TIMED_OUT:
        return f"The time limit was reached while {doing}."
    return f"An unexpected error occurred while {doing}."
