"""The pipeline's errors.

    PipelineError
    ├── ConfigurationError           an environment variable is missing or malformed
    ├── FloorPlanError               answers.scenes.floor_plan: the points determine no plan
    ├── JobError                     a tracking job has no page of results to give
    │   ├── JobFailedError           it failed; the text is its StatusMessage
    │   │   └── JobServiceFaultError through no fault of the video: run again, it may succeed
    │   ├── JobInProgressError       it has not ended yet
    │   └── JobNotFoundError         the service does not know it, or no longer
    ├── TokenExpiredError            a page's token is no longer accepted
    ├── UnsortedPersonsError         the pages do not come person by person
    ├── OutOfTimeError               the invocation's time runs low in the middle of a person
    ├── LeaseLostError               another invocation collects the video now
    ├── CollectionStalledError       a collection would go on for ever
    ├── CompletionExpiredError       a completion message has waited too often
    ├── ItemsNotWrittenError         DynamoDB kept handing items back
    ├── EventNotPublishedError       EventBridge did not take an event
    ├── AnswersStalledError          a video's answers would go on for ever
    └── SceneError                   a scene cannot be used; a line for each fault

None of them reaches a caller over a wire: a Lambda that raises one returns its message to the queue. The
text of each can stand in a video's StatusMessage, so it is one line for a user; `pipeline.messages` has
them.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of all errors of the pipeline."""


class ConfigurationError(PipelineError):
    """An environment variable is missing or malformed; the text names it and says what it must be."""


class JobError(PipelineError):
    """A tracking job has no page of results to give."""


class JobFailedError(JobError):
    """The job failed; the text is its StatusMessage."""


class JobServiceFaultError(JobFailedError):
    """The job failed through a fault of the tracking service: run again, the video may succeed."""


class JobInProgressError(JobError):
    """The job has not ended yet, whatever a message stated."""


class JobNotFoundError(JobError):
    """The service does not know the job, or no longer."""


class TokenExpiredError(PipelineError):
    """The page's token is no longer accepted: begin again at page 1."""


class UnsortedPersonsError(PipelineError):
    """The pages do not come person by person."""


class OutOfTimeError(PipelineError):
    """The invocation's time runs low in the middle of a person."""


class LeaseLostError(PipelineError):
    """Another invocation collects the video now; nothing more may be written for it here."""


class CollectionStalledError(PipelineError):
    """Going on in the same way would go on for ever."""


class CompletionExpiredError(PipelineError):
    """A completion message has waited so often that an operator should look at it."""


class ItemsNotWrittenError(PipelineError):
    """DynamoDB kept handing items back."""


class EventNotPublishedError(PipelineError):
    """EventBridge took the call but not the event."""


class AnswersStalledError(PipelineError):
    """A video's answers have waited too often, or take longer than an invocation may."""


class SceneError(PipelineError):
    """A scene cannot be used. `faults`: a line for each thing that is wrong, all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
