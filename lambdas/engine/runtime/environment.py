"""The environment variables of each function, typed, and checked when they are first needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import EngineError
from engine.messages import configuration as messages
from engine.runtime.detect_time import DetectTime

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


class DetectorEnvironment(WorkEnvironment):
    detector: DetectorName = Field(alias="DETECTOR", default=DETECTORS[0])


class AnalysisEnvironment(DetectorEnvironment):
    """`analysis_hz`: frames analysed a second."""

    analysis_hz: float = Field(
        alias="ANALYSIS_HZ", default=DEFAULT_ANALYSIS_HZ, ge=0.5, le=15, allow_inf_nan=False
    )


class TurnEnvironment(JobsEnvironment):
    """Functions that may run at once: to detect over all jobs, of one job, and readers of results."""

    detect_functions: int = Field(alias="DETECT_FUNCTIONS", ge=1)
    segments_at_once: int = Field(alias="SEGMENTS_AT_ONCE", ge=1)
    readers: int = Field(alias="READERS", ge=1)


class PlanEnvironment(AnalysisEnvironment):
    """`detect_memory_mb`, `detect_seconds`: memory and time limit of the detect function."""

    segment_seconds: int = Field(alias="SEGMENT_SECONDS", default=DEFAULT_SEGMENT_SECONDS, ge=1, le=600)
    detect_memory_mb: int = Field(alias="DETECT_MEMORY_MB", default=3008, ge=128, le=10240)
    detect_seconds: int = Field(alias="DETECT_SECONDS", default=900, ge=1, le=900)

    @property
    def detect_time(self) -> DetectTime:
        return DetectTime(self.detect_seconds, self.detect_memory_mb, self.analysis_hz, self.detector)


class DetectEnvironment(AnalysisEnvironment):
    """`models`: folder of the *.onnx files."""

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
        return messages.VARIABLE_MISSING.format(name=name)
    wanted = detail["msg"].replace("Input should", "it must", 1).replace("String should", "it must", 1)
    return messages.VARIABLE_WRONG.format(name=name, value=detail["input"], wanted=wanted)
