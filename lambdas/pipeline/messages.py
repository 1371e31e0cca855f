"""Everything the pipeline says to users: the texts of a video's StatusMessage, in the table, events and
pages.

The tracking service's own texts are passed on as they are. Braces stand for what is filled in.
"""

from __future__ import annotations

# A video that waits.
WAITING = "Waiting: {reason}"
RESULTS_GONE = "The results of the tracking job are no longer available: {reason}"

# A video that failed.
JOB_FAILED_WITHOUT_REASON = "The tracking job failed and gave no reason."
JOB_GONE = "The tracking service no longer has the job: {reason}"
JOB_NEVER_ENDED = "The tracking job was still running after {hours} hours."
GIVEN_UP = "Given up after {repairs} attempts to repair it: {reason}"
NO_REASON_KNOWN = "no reason is known"

# A collection that failed, until it is tried again.
JOB_IN_PROGRESS = "The tracking job has the status {status}."
TOKEN_EXPIRED = "The token of a result page has expired."  # noqa: S105 - a text
TOKENS_KEPT_EXPIRING = "The tokens of the result pages expired {times} times."
PERSONS_UNSORTED = "The result pages are not sorted by person: person {index} came after person {previous}."
NO_PERSON_COLLECTED = "No whole person could be collected in {invocations} invocations."
OUT_OF_TIME = "The invocation's time ran low in the middle of a person."
LEASE_LOST = "Another invocation now collects the video {video_id}."
WAITED_TOO_OFTEN = "The completion message of job {job_id} has waited {times} times."
ITEMS_NOT_WRITTEN = "DynamoDB did not take {items} items in {tries} attempts."
EVENT_NOT_PUBLISHED = "EventBridge did not take the event: {code}"

# In place of an answer of the tracking engine.
ENGINE_FAILED = "The tracking engine failed to answer."

# A deployment that is configured wrongly; in the logs and in dead-letter messages' reasons.
VARIABLE_WRONG = "The environment variable {variable} must be {what}; it is {value}."
VARIABLE_MISSING = "The environment variable {variable} is missing; it must be {what}."
