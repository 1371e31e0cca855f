"""The pipeline's environment variables, typed and checked once, when a Lambda starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ENGINE = "engine"
AWS = "aws"


class Environment(BaseModel):
    """What a deployment tells the pipeline. Every field is the environment variable of its alias.

    Raises `pydantic.ValidationError`, naming the variable, when one is missing or malformed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    tracks_table: str = Field(alias="TRACKS_TABLE", min_length=3)
    results_bucket: str = Field(alias="RESULTS_BUCKET", min_length=3)
    videos_bucket: str = Field(alias="VIDEOS_BUCKET", min_length=3)
    tracking_endpoint: str = Field(alias="TRACKING_ENDPOINT", pattern=r"^(engine|aws|https?://\S+)$")
    engine_function: str | None = Field(alias="ENGINE_FUNCTION", default=None)
    completion_topic_arn: str = Field(alias="COMPLETION_TOPIC_ARN", pattern="^arn:")
    publish_role_arn: str = Field(alias="PUBLISH_ROLE_ARN", pattern="^arn:")
    collect_queue_url: str = Field(alias="COLLECT_QUEUE_URL", pattern="^https?://")
    upload_queue_url: str = Field(alias="UPLOAD_QUEUE_URL", pattern="^https?://")
    retention_days: int = Field(alias="RETENTION_DAYS", ge=1, le=3650)
    checkpoint_seconds: float = Field(alias="CHECKPOINT_SECONDS", default=10, ge=0)
    event_bus: str = Field(alias="EVENT_BUS", default="default")
    # Where the engine may leave a still of each job's scene, for the report.
    stills_bucket: str | None = Field(alias="STILLS_BUCKET", default=None)

    @model_validator(mode="after")
    def _engine_has_a_function(self) -> Self:
        if self.tracking_endpoint == ENGINE and not self.engine_function:
            raise ValueError("ENGINE_FUNCTION is needed when TRACKING_ENDPOINT is 'engine'")
        return self

    @classmethod
    def read(cls, variables: Mapping[str, str] | None = None) -> Environment:
        """The environment of this process, or of `variables`."""
        return cls.model_validate(dict(os.environ if variables is None else variables))
