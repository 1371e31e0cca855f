"""The engine's environment variables, typed and checked once at start-up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DETECTORS = ("movenet", "nanodet")
DEFAULT_ANALYSIS_HZ = 5.0
DEFAULT_SEGMENT_SECONDS = 30


class EnvironmentProblem(Exception):
    """A variable is missing or has a value the engine cannot use."""


@dataclass(frozen=True)
class Environment:
    """What the stack tells each of the engine's functions.

    `analysis_hz`: detector runs per second of video, 0–15; 5 divides the contract's 15 Hz grid and costs no
    measurable quality. `models`: folder of the *.onnx files.
    """

    jobs_table: str
    work_bucket: str
    state_machine_arn: str | None
    detector: str
    analysis_hz: float
    segment_seconds: int
    faces: bool
    max_open_jobs: int
    models: Path


def load(variables: Mapping[str, str] = os.environ) -> Environment:
    """Raises EnvironmentProblem naming the first variable that is missing or wrong."""
    return Environment(
        jobs_table=_text(variables, "JOBS_TABLE"),
        work_bucket=_text(variables, "WORK_BUCKET"),
        state_machine_arn=variables.get("STATE_MACHINE_ARN") or None,
        detector=_choice(variables, "DETECTOR", DETECTORS),
        analysis_hz=_number(variables, "ANALYSIS_HZ", DEFAULT_ANALYSIS_HZ, lowest=0.5, highest=15),
        segment_seconds=int(_number(variables, "SEGMENT_SECONDS", DEFAULT_SEGMENT_SECONDS, 1, 600)),
        faces=_choice(variables, "FACES", ("on", "off")) == "on",
        max_open_jobs=int(_number(variables, "MAX_OPEN_JOBS", 20, lowest=1, highest=1000)),
        models=Path(variables.get("ENGINE_MODELS") or Path(__file__).parents[1] / "models"),
    )


def _text(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name, "")
    if not value:
        raise EnvironmentProblem(f"The environment variable {name} is missing.")
    return value


def _choice(variables: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = variables.get(name) or choices[0]
    if value not in choices:
        raise EnvironmentProblem(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
    return value


def _number(variables: Mapping[str, str], name: str, default: float, lowest: float, highest: float) -> float:
    text = variables.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise EnvironmentProblem(f"{name} is {text!r}; it must be a number.") from None
    if not lowest <= value <= highest:
        raise EnvironmentProblem(f"{name} is {text}; it must be from {lowest:g} to {highest:g}.")
    return value


def required(value: str | None, name: str) -> str:
    """A variable only some functions need. Raises EnvironmentProblem when it is missing."""
    if value is None:
        raise EnvironmentProblem(f"The environment variable {name} is missing.")
    return value
