"""The state machine: what follows what, what is tried again, and that every failure reaches `finish`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.workflow import Step, definition
from tests.infrastructure.template import Template

STEPS = {
    name: Step(f"arn:{name}", seconds)
    for name, seconds in (("plan", 300), ("detect", 900), ("link", 900), ("finish", 120))
}


@pytest.fixture
def machine() -> dict[str, Any]:
    return definition(**STEPS, concurrency=7)


def tasks(machine: dict[str, Any]) -> dict[str, dict[str, Any]]:
    states: dict[str, dict[str, Any]] = machine["States"]
    inner = states["DetectSegments"]["ItemProcessor"]["States"]
    return {name: state for name, state in (states | inner).items() if state["Type"] == "Task"}


def test_the_order_is_plan_detect_link_finish(machine: dict[str, Any]) -> None:
    name, order = machine["StartAt"], []
    while name:
        order.append(name)
        name = machine["States"][name].get("Next")
    assert order == ["Plan", "DetectSegments", "Link", "Finish"]


def test_segments_are_read_from_s3_and_analysed_side_by_side(machine: dict[str, Any]) -> None:
    fan_out = machine["States"]["DetectSegments"]
    assert fan_out["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert fan_out["MaxConcurrency"] == 7
    assert fan_out["ToleratedFailurePercentage"] == 0
    assert fan_out["ItemReader"]["Resource"] == "arn:aws:states:::s3:getObject"
    assert fan_out["ItemReader"]["ReaderConfig"] == {"InputType": "JSON"}


def test_state_stays_small_however_many_segments(machine: dict[str, Any]) -> None:
    """A state's data ends at 256 KB: 6 hours in 5-second pieces must fit, with what each piece answers."""
    fan_out = machine["States"]["DetectSegments"]
    assert fan_out["ResultPath"] is None
    answer = json.dumps(fan_out["ItemProcessor"]["States"]["Detect"]["ResultSelector"])
    assert 6 * 3600 / 5 * (len(answer) + 2) < 256_000


def test_every_failure_is_caught_and_passed_to_finish(machine: dict[str, Any]) -> None:
    for name in ("Plan", "DetectSegments", "Link", "Finish"):
        (caught,) = machine["States"][name]["Catch"]
        assert caught == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "FinishFailed"}
    finish_failed = machine["States"]["FinishFailed"]
    assert finish_failed["Parameters"] == {
        "FunctionName": "arn:finish",
        "Payload": {"JobId.$": "$.JobId", "Error.$": "$.Error"},
    }
    assert machine["States"][finish_failed["Next"]]["Type"] == "Fail"


def test_every_task_ends_after_its_function_would(machine: dict[str, Any]) -> None:
    for task in tasks(machine).values():
        step = STEPS[task["Parameters"]["FunctionName"].removeprefix("arn:")]
        assert step.timeout_seconds < task["TimeoutSeconds"] <= step.timeout_seconds + 60
    assert machine["TimeoutSeconds"] > 6 * 3600


def test_a_throttled_account_is_waited_for_and_a_bad_video_is_not_tried_again(
    machine: dict[str, Any],
) -> None:
    for task in tasks(machine).values():
        tries = {error: retry for retry in task["Retry"] for error in retry["ErrorEquals"]}
        throttled = tries["Lambda.TooManyRequestsException"]
        assert throttled["MaxAttempts"] * throttled["MaxDelaySeconds"] > 3600
        assert throttled["JitterStrategy"] == "FULL"
        assert tries["VideoError"]["MaxAttempts"] == 0
        assert tries["States.Timeout"]["MaxAttempts"] > 0
        # The first match counts, so the general one must come last.
        assert task["Retry"][-1]["ErrorEquals"] == ["States.TaskFailed"]


def test_the_deployed_machine_runs_the_deployed_functions(template: Template) -> None:
    machine = template.one("AWS::StepFunctions::StateMachine")
    parts = machine["DefinitionString"]["Fn::Join"][1]
    called = {part["Fn::GetAtt"][0] for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part}
    assert called == {
        template.function(f"engine.handlers.{module}.handler").logical_id
        for module in ("plan", "detect", "link", "finish")
    }
    text = "".join(part if isinstance(part, str) else "arn" for part in parts)
    assert json.loads(text)["States"]["DetectSegments"]["MaxConcurrency"] == 4


def test_executions_are_traced_and_logged_without_their_data(template: Template) -> None:
    machine = template.one("AWS::StepFunctions::StateMachine")
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
