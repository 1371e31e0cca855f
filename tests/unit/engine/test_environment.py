from __future__ import annotations

from pathlib import Path

import pytest

from engine.runtime import environment

GIVEN = {"JOBS_TABLE": "jobs", "WORK_BUCKET": "work"}


def test_what_is_not_said_has_its_default() -> None:
    loaded = environment.load(GIVEN)
    assert (loaded.detector, loaded.analysis_hz, loaded.segment_seconds) == ("movenet", 5.0, 30)
    assert (loaded.faces, loaded.max_open_jobs, loaded.state_machine_arn) == (True, 20, None)
    assert loaded.models.name == "models"


def test_what_is_said_is_taken_in_its_type() -> None:
    loaded = environment.load(
        {**GIVEN, "DETECTOR": "nanodet", "ANALYSIS_HZ": "7.5", "FACES": "off", "ENGINE_MODELS": "/models"}
    )
    assert (loaded.detector, loaded.analysis_hz, loaded.faces) == ("nanodet", 7.5, False)
    assert loaded.models == Path("/models")


@pytest.mark.parametrize("missing", GIVEN)
def test_a_missing_variable_is_named(missing: str) -> None:
    with pytest.raises(environment.EnvironmentProblem, match=missing):
        environment.load({name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DETECTOR", "yolo"),
        ("ANALYSIS_HZ", "fast"),
        ("ANALYSIS_HZ", "0"),
        ("ANALYSIS_HZ", "nan"),
        ("SEGMENT_SECONDS", "-1"),
        ("FACES", "yes"),
        ("MAX_OPEN_JOBS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(environment.EnvironmentProblem, match=name):
        environment.load({**GIVEN, name: value})
