"""The environment variables of each function, typed, and checked when they are first needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import EngineError

DetectorName = Literal["movenet", "nanodet", "far"]

DETECTORS: tuple[DetectorName, ...] = get_args(DetectorName)
"""The detectors a stack may choose from, the default first."""

DEFAULT_ANALYSIS_HZ = 5.0
"""Analysed frames a second of video: divides the contract's 15 Hz grid and costs no measurable quality."""

DEFAULT_SEGMENT_SECONDS = 30
"""Length of the pieces that a video is analysed in."""

_BUNDLED_MODELS = Path(__file__).parents[1] / "models"


class ConfigurationError(EngineError):
    """An environment variable is missing or cannot be used; `str()` names it and what it must be."""


class _Variables(BaseModel):
    """Each field is the environment variable of its alias."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class JobsEnvironment(_Variables):
    jobs_table: str = Field(alias="JOBS_TABLE", min_length=1)


class WorkEnvironment(JobsEnvironment):
    work_bucket: str = Field(alias="WORK_BUCKET", min_length=1)


class ApiEnvironment(WorkEnvironment):
    state_machine_arn: str = Field(alias="STATE_MACHINE_ARN", pattern="^arn:")
    max_open_jobs: int = Field(alias="MAX_OPEN_JOBS", default=20, ge=1, le=1000)


class PlanEnvironment(WorkEnvironment):
    segment_seconds: int = Field(alias="SEGMENT_SECONDS", default=DEFAULT_SEGMENT_SECONDS, ge=1, le=600)


class DetectorEnvironment(WorkEnvironment):
    detector: DetectorName = Field(alias="DETECTOR", default=DETECTORS[0])


class DetectEnvironment(DetectorEnvironment):
    """`models`: folder of the *.onnx files."""

    analysis_hz: float = Field(
        alias="ANALYSIS_HZ", default=DEFAULT_ANALYSIS_HZ, ge=0.5, le=15, allow_inf_nan=False
    )
    faces: Literal["on", "off"] = Field(alias="FACES", default="on")
    models: Path = Field(alias="ENGINE_MODELS", default=_BUNDLED_MODELS)


class LinkEnvironment(DetectorEnvironment):
    """`detector`: whose detections are linked, since confidences are its own."""


class FinishEnvironment(JobsEnvironment):
    pass


Variables = TypeVar("Variables", bound=_Variables)


def read(kind: type[Variables], variables: Mapping[str, str] | None = None) -> Variables:
    """The variables that `kind` names, from this process's environment or `variables`; empty means not set.

    Raises ConfigurationError naming every variable that is missing or wrong.
    """
    source = os.environ if variables is None else variables
    try:
        return kind.model_validate({name: value for name, value in source.items() if value})
    except ValidationError as error:
        raise ConfigurationError(" ".join(_problem(detail) for detail in error.errors())) from None


def _problem(detail: ErrorDetails) -> str:
    name = detail["loc"][0]
    if detail["type"] == "missing":
        return f"The environment variable {name} is missing."
    wanted = detail["msg"].replace("Input should", "it must", 1).replace("String should", "it must", 1)
    return f"The environment variable {name} is {detail['input']!r}; {wanted}."
