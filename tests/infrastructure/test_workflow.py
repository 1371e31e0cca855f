"""The state machine: the order of steps, retries, and that every failure reaches `finish`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.workflow import Step, definition
from tests.infrastructure.template import Template

STEPS = {
    name: Step(f"arn:{name}", seconds)
    for name, seconds in (("plan", 300), ("turn", 30), ("detect", 900), ("link", 900), ("finish", 120))
}


@pytest.fixture
def machine() -> dict[str, Any]:
    return definition(**STEPS, concurrency=7)


def tasks(machine: dict[str, Any]) -> dict[str, dict[str, Any]]:
    states: dict[str, dict[str, Any]] = machine["States"]
    inner = states["DetectSegments"]["ItemProcessor"]["States"]
    return {name: state for name, state in (states | inner).items() if state["Type"] == "Task"}


def following(state: dict[str, Any]) -> str | None:
    """The state after `state` where nothing is wrong."""
    name: str | None = state.get("Default", state.get("Next"))
    return name


def retriers(state: dict[str, Any], error: str) -> list[dict[str, Any]]:
    """Those of a state's retriers that name `error`."""
    return [retrier for retrier in state["Retry"] if error in retrier["ErrorEquals"]]


def delays(retrier: dict[str, Any]) -> list[float]:
    """The longest delay in seconds before each retry."""
    first, rate, longest = retrier["IntervalSeconds"], retrier["BackoffRate"], retrier["MaxDelaySeconds"]
    return [min(longest, first * rate**attempt) for attempt in range(retrier["MaxAttempts"])]


def test_the_order_is_plan_turn_detect_link_finish(machine: dict[str, Any]) -> None:
    name, order = machine["StartAt"], []
    while name:
        order.append(name)
        name = following(machine["States"][name])
    assert order == [
        "Plan",
        "Planned",
        "AskForTurn",
        "TurnGiven",
        "DetectSegments",
        "Link",
        "Linked",
        "Finish",
    ]


def test_a_job_asks_again_after_the_wait_it_was_answered_until_its_turn_comes(
    machine: dict[str, Any],
) -> None:
    states = machine["States"]
    _, not_yet = states["TurnGiven"]["Choices"]
    assert not_yet == {"Variable": "$.WaitSeconds", "NumericGreaterThan": 0, "Next": "WaitForTurn"}
    assert states["WaitForTurn"] == {"Type": "Wait", "SecondsPath": "$.WaitSeconds", "Next": "AskForTurn"}
    # What the next states need goes through the step that is asked.
    assert states["AskForTurn"]["Parameters"]["Payload"] == {
        "JobId.$": "$.JobId",
        "Segments.$": "$.Segments",
    }


def test_segments_are_read_from_s3_and_analysed_side_by_side(machine: dict[str, Any]) -> None:
    fan_out = machine["States"]["DetectSegments"]
    assert fan_out["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert fan_out["MaxConcurrency"] == 7
    assert fan_out["ToleratedFailurePercentage"] == 0
    assert fan_out["ItemReader"]["Resource"].endswith(":states:::s3:getObject")
    assert fan_out["ItemReader"]["ReaderConfig"] == {"InputType": "JSON"}


def test_state_stays_small_however_many_segments(machine: dict[str, Any]) -> None:
    """A state's data ends at 256 KB: 6 hours in 5-second pieces must fit, with what each piece answers."""
    fan_out = machine["States"]["DetectSegments"]
    assert fan_out["ResultPath"] is None
    answer = json.dumps(fan_out["ItemProcessor"]["States"]["Detect"]["ResultSelector"])
    assert 6 * 3600 / 5 * (len(answer) + 2) < 256_000


def test_every_failure_is_caught_and_given_to_finish(machine: dict[str, Any]) -> None:
    for name in ("Plan", "AskForTurn", "DetectSegments", "Link", "Finish"):
        (caught,) = machine["States"][name]["Catch"]
        assert caught == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "FinishFailed"}
    finish = machine["States"]["FinishFailed"]
    assert finish["Parameters"] == {
        "FunctionName": "arn:finish",
        "Payload": {"JobId.$": "$.JobId", "Error.$": "$.Error"},
    }
    assert machine["States"][finish["Next"]]["Type"] == "Fail"


def test_a_fault_of_the_video_is_an_answer_that_ends_in_finish_without_a_retry(
    machine: dict[str, Any],
) -> None:
    for step, choice in (("Plan", "Planned"), ("AskForTurn", "TurnGiven"), ("Link", "Linked")):
        assert machine["States"][step]["OutputPath"] == "$.Payload"
        assert machine["States"][step]["Next"] == choice
        at_fault = machine["States"][choice]["Choices"][0]
        assert at_fault == {"Variable": "$.Error", "IsPresent": True, "Next": "FinishFailed"}


def test_every_task_ends_after_its_function_would(machine: dict[str, Any]) -> None:
    for task in tasks(machine).values():
        step = STEPS[task["Parameters"]["FunctionName"].removeprefix("arn:")]
        assert step.timeout_seconds < task["TimeoutSeconds"] <= step.timeout_seconds + 60
    assert machine["TimeoutSeconds"] > 6 * 3600


def test_a_throttled_account_is_waited_for_over_an_hour(machine: dict[str, Any]) -> None:
    for task in tasks(machine).values():
        (throttled,) = retriers(task, "Lambda.TooManyRequestsException")
        assert sum(delays(throttled)) / 2 > 3600
        assert throttled["JitterStrategy"] == "FULL"


def test_an_unexpected_error_of_any_state_is_retried_with_jitter_for_ten_minutes(
    machine: dict[str, Any],
) -> None:
    """Full jitter draws each delay evenly from zero to the longest: nearly all sums must be long enough."""
    for name, state in (tasks(machine) | {"Map": machine["States"]["DetectSegments"]}).items():
        (unexpected,) = retriers(state, "States.ItemReaderFailed" if name == "Map" else "States.ALL")
        assert state["Retry"][-1] is unexpected, "States.ALL must come last"
        assert unexpected["JitterStrategy"] == "FULL"
        mean = sum(delays(unexpected)) / 2
        deviation = sum(delay**2 / 12 for delay in delays(unexpected)) ** 0.5
        assert mean - 3 * deviation > 600
        assert sum(delays(unexpected)) < 3600


def test_retries_fit_in_the_time_limit_of_a_job(machine: dict[str, Any]) -> None:
    """Every step of a six-hour video may meet its own outage."""
    longest = sum(sum(delays(retrier)) for task in tasks(machine).values() for retrier in task["Retry"][1:])
    assert longest + 6 * 3600 < machine["TimeoutSeconds"]


def test_running_out_of_time_or_memory_is_retried_a_few_times_only(machine: dict[str, Any]) -> None:
    for task in tasks(machine).values():
        for error in ("States.Timeout", "Sandbox.Timedout", "Runtime.OutOfMemory", "Runtime.ExitError"):
            (spent,) = retriers(task, error)
            assert 0 < spent["MaxAttempts"] < 6


def test_the_deployed_machine_runs_the_deployed_functions(template: Template) -> None:
    machine = template.one("AWS::StepFunctions::StateMachine")
    parts = machine["DefinitionString"]["Fn::Join"][1]
    called = {part["Fn::GetAtt"][0] for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part}
    assert called == {
        template.function(f"engine.handlers.{module}.handler").logical_id
        for module in ("plan", "turn", "detect", "link", "finish")
    }
    text = "".join(part if isinstance(part, str) else "arn" for part in parts)
    assert json.loads(text)["States"]["DetectSegments"]["MaxConcurrency"] == 4


def test_executions_are_traced_and_logged_without_their_data(template: Template) -> None:
    machine = template.one("AWS::StepFunctions::StateMachine")
    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
