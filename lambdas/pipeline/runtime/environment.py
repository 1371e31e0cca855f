"""The environment variables of the pipeline's functions: small typed models, composed into one a function.

PipelineEnvironment              TracksEnvironment, TrackingEnvironment
├── StartTrackingEnvironment     … and UploadsEnvironment, QueueEnvironment
├── CollectTracksEnvironment     … and CompletionsEnvironment, AnswersEnvironment, QueueEnvironment
├── AnswerScenesEnvironment      … and AnswersEnvironment, QueueEnvironment
└── ReconcileJobsEnvironment     … and UploadsEnvironment, CompletionsEnvironment
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from pipeline import messages
from pipeline.errors import ConfigurationError

ENGINE = "engine"
"""Value of TRACKING_ENDPOINT: this deployment's own engine."""

AWS = "aws"
"""Value of TRACKING_ENDPOINT: Amazon Rekognition."""

_URL = "^https?://"


class _Environment(BaseModel):
    """Every field is the environment variable of its alias; its description completes "must be"."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> Self:
        """The environment of this process, or of `variables`.

        Raises `ConfigurationError`, naming each variable that is missing or malformed and what it must be.
        """
        try:
            return cls.model_validate(dict(os.environ if variables is None else variables))
        except ValidationError as error:
            raise ConfigurationError(" ".join(map(cls._explained, error.errors()))) from error

    @classmethod
    def _explained(cls, error: ErrorDetails) -> str:
        variable = str(error["loc"][0])
        what = next(field.description for field in cls.model_fields.values() if field.alias == variable)
        if error["type"] == "missing" or error["input"] is None:
            return messages.VARIABLE_MISSING.format(variable=variable, what=what)
        return messages.VARIABLE_WRONG.format(variable=variable, what=what, value=repr(error["input"]))


class TracksEnvironment(_Environment):
    """Where videos are recorded and their tracks are written."""

    tracks_table: str = Field(alias="TRACKS_TABLE", min_length=3, description="the name of the tracks table")
    results_bucket: str = Field(
        alias="RESULTS_BUCKET", min_length=3, description="the name of the results bucket"
    )
    retention_days: int = Field(
        alias="RETENTION_DAYS", ge=1, le=3650, description="a number of days from 1 to 3650"
    )


class TrackingEnvironment(_Environment):
    """Which service tracks people."""

    tracking_endpoint: str = Field(
        alias="TRACKING_ENDPOINT",
        pattern=rf"^({ENGINE}|{AWS}|https?://\S+)$",
        description=f"'{ENGINE}', '{AWS}' or the http(s) URL of an endpoint",
    )
    engine_function: str | None = Field(
        alias="ENGINE_FUNCTION",
        default=None,
        description=f"the name of the engine's API function where TRACKING_ENDPOINT is '{ENGINE}'",
    )

    def model_post_init(self, _: Any, /) -> None:
        if self.tracking_endpoint == ENGINE and not self.engine_function:
            raise ConfigurationError(
                messages.VARIABLE_MISSING.format(
                    variable="ENGINE_FUNCTION",
                    what=TrackingEnvironment.model_fields["engine_function"].description,
                )
            )


class QueueEnvironment(_Environment):
    """How a function treats the messages that it is given."""

    retry_seconds: int = Field(
        alias="RETRY_SECONDS",
        default=60,
        ge=1,
        le=900,
        description="the longest wait of a message after its first failure, in whole seconds from 1 to 900",
    )


class UploadsEnvironment(_Environment):
    """Where videos are uploaded to, and where their uploads wait."""

    videos_bucket: str = Field(
        alias="VIDEOS_BUCKET", min_length=3, description="the name of the videos bucket"
    )

    upload_queue_url: str = Field(
        alias="UPLOAD_QUEUE_URL", pattern=_URL, description="the URL of the upload queue"
    )


class CompletionsEnvironment(_Environment):
    """Where completion messages wait."""

    collect_queue_url: str = Field(
        alias="COLLECT_QUEUE_URL", pattern=_URL, description="the URL of the collect queue"
    )


class AnswersEnvironment(_Environment):
    """Where videos wait to be answered again."""

    answers_queue_url: str = Field(
        alias="ANSWERS_QUEUE_URL", pattern=_URL, description="the URL of the answers queue"
    )


class PipelineEnvironment(TracksEnvironment, TrackingEnvironment):
    """What every function needs."""


class StartTrackingEnvironment(PipelineEnvironment, UploadsEnvironment, QueueEnvironment):
    """What `start_tracking` needs."""

    completion_topic_arn: str = Field(
        alias="COMPLETION_TOPIC_ARN", pattern="^arn:", description="the ARN of the completion topic"
    )
    publish_role_arn: str = Field(
        alias="PUBLISH_ROLE_ARN",
        pattern="^arn:",
        description="the ARN of the role that publishes completion messages",
    )


class CollectTracksEnvironment(
    PipelineEnvironment, CompletionsEnvironment, AnswersEnvironment, QueueEnvironment
):
    """What `collect_tracks` needs."""

    checkpoint_seconds: float = Field(
        alias="CHECKPOINT_SECONDS",
        default=10,
        ge=0,
        description="the least number of seconds between two checkpoints",
    )
    stills_bucket: str | None = Field(
        alias="STILLS_BUCKET",
        default=None,
        description="the bucket in which the engine leaves a still and the links of each job",
    )


class AnswerScenesEnvironment(PipelineEnvironment, AnswersEnvironment, QueueEnvironment):
    """What `answer_scenes` needs."""


class ReconcileJobsEnvironment(PipelineEnvironment, UploadsEnvironment, CompletionsEnvironment):
    """What `reconcile_jobs` needs."""
