"""How a job ended, where that is not the video's fault: its StatusMessage."""

from __future__ import annotations

from engine.stage import Stage
from shared.unexpected_failure import UNEXPECTED

_ACTIVITIES = {
    Stage.ACCEPTED: "starting",
    Stage.STARTED: "starting",
    Stage.PLANNING: "reading the video",
    Stage.DETECTING: "detecting people",
    Stage.LINKING: "linking people's paths",
    Stage.FINISHING: "finishing",
    Stage.DONE: "finishing",
}


def aborted(stage: Stage) -> str:
    """StatusMessage of a job whose execution was stopped."""
    return f"The job was aborted while {_ACTIVITIES[stage]}."


def timed_out(stage: Stage) -> str:
    """StatusMessage of a job that reached the time limit of its execution or of a step."""
    return f"The time limit was reached while {_ACTIVITIES[stage]}."


def unexpected(stage: Stage) -> str:
    """StatusMessage of a job that failed for a reason outside the video."""
    return f"{UNEXPECTED}{_ACTIVITIES[stage]}."
