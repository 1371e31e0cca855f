"""Everything the pipeline says to users: the texts of a video's StatusMessage, in the table, events and
pages.

The tracking service's own texts are passed on as they are. Braces stand for what is filled in.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from pipeline.errors import PipelineError
from shared.aws_errors import code_of

WAITING = "Waiting: {reason}"
RUNS_AGAIN = "Waiting to run again after {when}: {reason}"
RESULTS_GONE = "The results of the tracking job are no longer available: {reason}"
"""Of a video that waits."""

JOB_FAILED_WITHOUT_REASON = "The tracking job failed and gave no reason."
JOB_GONE = "The tracking service no longer has this job: {reason}"
JOB_NEVER_ENDED = "The tracking job was still running after {hours} hours."
GIVEN_UP = "Gave up after {repairs} repair attempts. Last error: {reason}"
UNKNOWN_ERROR = "unknown."
"""Of a video that failed; UNKNOWN_ERROR in place of a reason."""

JOB_IN_PROGRESS = "The tracking job has the status {status}."
TOKEN_EXPIRED = "The token of a result page has expired."  # noqa: S105 - a text
TOKENS_KEPT_EXPIRING = "The tokens of the result pages expired {times} times."
PERSONS_UNSORTED = "The result pages are not sorted by person: person {index} came after person {previous}."
NO_PERSON_COLLECTED = "No whole person could be collected in {invocations} invocations."
OUT_OF_TIME = "The invocation's time ran low in the middle of a person."
LEASE_LOST = "Another invocation is collecting the video {video_id}."
WAITED_TOO_OFTEN = "The completion message of job {job_id} has waited {times} times."
ITEMS_NOT_WRITTEN = "DynamoDB did not take {items} items in {tries} attempts."
EVENT_NOT_PUBLISHED = "EventBridge did not take the event: {code}"
"""Of a collection that failed, until it is tried again."""

SCENE_KEY = "The object's name must be scenes/, lower-case letters, digits, - and _, and .json."
SCENE_NOT_TEXT = "The scene is not JSON: it is not UTF-8 text."
SCENE_UNUSABLE = "The scene {key} cannot be used (faults: {faults}). The first: {reason}"
ANSWERS_WAITED_TOO_OFTEN = "The answers of the video {video_id} have waited {times} times."
ANSWERS_TOO_LONG = "The answers of the video {video_id} take longer than an invocation may."
"""Of a scene, and of the answers to it."""

ENGINE_FAILED = "The tracking engine failed to answer."
"""In place of an answer of the tracking engine."""

VARIABLE_WRONG = "The environment variable {variable} must be {what}; it is {value}."
VARIABLE_MISSING = "The environment variable {variable} is missing; it must be {what}."
"""Of a deployment that is configured wrongly: in the logs, and in the reasons of dead-letter messages."""

_LONGEST_REASON = 500
"""Characters of a reason in StatusMessage; the texts of libraries may be pages long."""


def reason_of(error: BaseException) -> str:
    """One line, at most 500 characters, that says what went wrong."""
    if isinstance(error, ClientError):
        text = error.response["Error"].get("Message") or code_of(error)
    elif isinstance(error, PipelineError):
        text = str(error)
    else:
        text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:_LONGEST_REASON]
