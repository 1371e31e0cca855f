"""From how a job's execution ended to the one line that its caller reads as StatusMessage."""

from __future__ import annotations

from engine.jobs.model import Job
from engine.messages import job as messages

_EXECUTION_TIMED_OUT = "TIMED_OUT"
_EXECUTION_ABORTED = "ABORTED"
_STEP_TIMED_OUT = frozenset({"States.Timeout", "Sandbox.Timedout"})


def reason(job: Job, error: str) -> str:
    """Why a job failed, in one line.

    Args:
        job: as it was when it stopped.
        error: the state machine's error name, or the status its execution ended with.
    """
    if job.video_fault is not None:
        return job.video_fault
    if error == _EXECUTION_ABORTED:
        return messages.aborted(job.stage)
    if error == _EXECUTION_TIMED_OUT or error in _STEP_TIMED_OUT:
        return messages.timed_out(job.stage)
    return messages.unexpected(job.stage)
