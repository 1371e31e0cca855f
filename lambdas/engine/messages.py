"""The engine's messages to its users, except what `engine.video` says of a video and Rekognition's own texts.

One line each: what is wrong, with what, and what is allowed. Rekognition's texts are in `engine.api.errors`.
"""

from __future__ import annotations

from engine.stage import Stage
from shared.unexpected_failure import UNEXPECTED

BODY_NOT_JSON = "The request body is not a JSON object."
UNKNOWN_OPERATION = "The requested operation is not known."

REQUIRED = "{member} is required."
NOT_AN_INTEGER = "{member} must be an integer."
NOT_A_STRING = "{member} must be a string."
NOT_A_STRUCTURE = "{member} must be a structure."
NOT_UNICODE = "{member} must be valid Unicode."
TOO_SMALL = "{member} must be at least {limit}."
TOO_LARGE = "{member} must be at most {limit}."
TOO_SHORT = "{member} must have at least {limit} characters."
TOO_LONG = "{member} must have at most {limit} characters."
NO_MATCH = "{member} must match {pattern}"
NOT_AMONG = "{member} must be one of {choices}."

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
