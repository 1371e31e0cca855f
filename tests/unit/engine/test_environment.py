"""The engine's environment variables: typed, with defaults, and named where they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.runtime.environment import (
    ApiEnvironment,
    ConfigurationError,
    DetectEnvironment,
    FinishEnvironment,
    LinkEnvironment,
    PlanEnvironment,
    read,
)

GIVEN = {"JOBS_TABLE": "jobs", "WORK_BUCKET": "work", "STATE_MACHINE_ARN": "arn:machine"}


def test_a_variable_that_is_not_set_has_its_default() -> None:
    detect = read(DetectEnvironment, GIVEN)
    assert (detect.detector, detect.analysis_hz, detect.faces) == ("movenet", 5.0, "on")
    assert detect.models.name == "models"
    assert read(PlanEnvironment, GIVEN).segment_seconds == 30
    assert read(ApiEnvironment, GIVEN).max_open_jobs == 20
    assert read(PlanEnvironment, {**GIVEN, "SEGMENT_SECONDS": ""}).segment_seconds == 30


def test_a_variable_that_is_set_is_taken_in_its_type() -> None:
    given = {"DETECTOR": "nanodet", "ANALYSIS_HZ": "7.5", "FACES": "off", "ENGINE_MODELS": "/models"}
    detect = read(DetectEnvironment, {**GIVEN, **given})
    assert (detect.detector, detect.analysis_hz, detect.faces) == ("nanodet", 7.5, "off")
    assert detect.models == Path("/models")
    assert read(LinkEnvironment, {**GIVEN, **given}).detector == "nanodet"


def test_a_function_needs_only_its_own_variables() -> None:
    assert read(FinishEnvironment, {"JOBS_TABLE": "jobs", "DETECTOR": "yolo"}).jobs_table == "jobs"


@pytest.mark.parametrize("missing", GIVEN)
def test_a_missing_variable_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^The environment variable {missing} is missing.$"):
        read(ApiEnvironment, {name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize(
    ("kind", "name", "value", "wanted"),
    [
        (DetectEnvironment, "DETECTOR", "yolo", "it must be 'movenet', 'nanodet' or 'far'"),
        (DetectEnvironment, "ANALYSIS_HZ", "fast", "it must be a valid number"),
        (DetectEnvironment, "ANALYSIS_HZ", "0", "it must be greater than or equal to 0.5"),
        (DetectEnvironment, "ANALYSIS_HZ", "nan", "it must be a finite number"),
        (DetectEnvironment, "FACES", "yes", "it must be 'on' or 'off'"),
        (PlanEnvironment, "SEGMENT_SECONDS", "-1", "it must be greater than or equal to 1"),
        (ApiEnvironment, "MAX_OPEN_JOBS", "0", "it must be greater than or equal to 1"),
        (ApiEnvironment, "STATE_MACHINE_ARN", "machine", "it must match pattern '\\^arn:'"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_it_must_be(
    kind: type[DetectEnvironment], name: str, value: str, wanted: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^The environment variable {name} is '{value}'; {wanted}"):
        read(kind, {**GIVEN, name: value})
