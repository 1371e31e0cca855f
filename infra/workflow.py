"""The engine's state machine in Amazon States Language.

Plan, wait for a turn, detect segments side by side, link, finish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

EXECUTION_SECONDS = 24 * 3600
"""Time limit of a job: a video of six hours with one function at a time, and outages on the way."""

_GRACE_SECONDS = 60
"""A task ends this long after its function would have, so that the function's own time-out comes first."""

_THROTTLED = {
    "ErrorEquals": ["Lambda.TooManyRequestsException"],
    "IntervalSeconds": 2,
    "BackoffRate": 1.5,
    "MaxDelaySeconds": 60,
    "MaxAttempts": 200,
    "JitterStrategy": "FULL",
}
"""A new account runs ten functions at once, so a busy hour throttles for long."""

_SPENT = {
    "ErrorEquals": ["States.Timeout", "Sandbox.Timedout", "Runtime.OutOfMemory", "Runtime.ExitError"],
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxDelaySeconds": 60,
    "MaxAttempts": 4,
    "JitterStrategy": "FULL",
}
"""Time or memory ran out, or native code crashed: rather by this video than by an outage, at full price."""

_UNEXPECTED = {
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxDelaySeconds": 60,
    "MaxAttempts": 35,
    "JitterStrategy": "FULL",
}
"""Any other error is an outage until it has lasted for long: a step answers what is wrong with a video.

Delays double from 2 s to 60 s and full jitter takes each from zero to that: a quarter of an hour in the mean,
and less than ten minutes once in a thousand.
"""


@dataclass(frozen=True)
class Step:
    """A function of the workflow: its ARN and its time-out in seconds."""

    function_arn: str
    timeout_seconds: float


def definition(
    *, plan: Step, turn: Step, detect: Step, link: Step, finish: Step, concurrency: int
) -> dict[str, Any]:
    """The state machine; its input is `{"JobId": …}`.

    A video that cannot be analysed and a step that keeps failing end alike: `finish` is run with the error,
    publishes it, and the execution fails. A step that finds the video at fault does not fail: it answers with
    an `Error` in the form of a Catch, so that this is no matter of retries and of exceptions' names. A crash
    of `finish` is left to the rule on failures.
    """
    return {
        "Comment": "Person tracking of one video",
        "StartAt": "Plan",
        "TimeoutSeconds": EXECUTION_SECONDS,
        "States": {
            "Plan": {
                **_task(plan, {"JobId.$": "$.JobId"}),
                "OutputPath": "$.Payload",
                "Next": "Planned",
            }
            | _caught(),
            "Planned": _unless_at_fault("AskForTurn"),
            **_turn(turn),
            "DetectSegments": _segments(detect, concurrency) | _caught(),
            "Link": {
                **_task(link, {"JobId.$": "$.JobId"}),
                "OutputPath": "$.Payload",
                "Next": "Linked",
            }
            | _caught(),
            "Linked": _unless_at_fault("Finish"),
            "Finish": {**_task(finish, {"JobId.$": "$.JobId"}), "ResultPath": None, "End": True} | _caught(),
            "FinishFailed": {
                **_task(finish, {"JobId.$": "$.JobId", "Error.$": "$.Error"}),
                "ResultPath": None,
                "Next": "Failed",
            },
            "Failed": {"Type": "Fail", "ErrorPath": "$.Error.Error", "CausePath": "$.Error.Cause"},
        },
    }


def _turn(turn: Step) -> dict[str, Any]:
    """Ask, and wait as long as the answer says, until the job may detect. `finish` gives the turn back."""
    return {
        "AskForTurn": {
            **_task(turn, {"JobId.$": "$.JobId", "Segments.$": "$.Segments"}),
            "OutputPath": "$.Payload",
            "Next": "TurnGiven",
        }
        | _caught(),
        "TurnGiven": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.Error", "IsPresent": True, "Next": "FinishFailed"},
                {"Variable": "$.WaitSeconds", "NumericGreaterThan": 0, "Next": "WaitForTurn"},
            ],
            "Default": "DetectSegments",
        },
        "WaitForTurn": {"Type": "Wait", "SecondsPath": "$.WaitSeconds", "Next": "AskForTurn"},
    }


def _segments(detect: Step, concurrency: int) -> dict[str, Any]:
    """A Distributed Map over the list of segments that `plan` wrote."""
    return {
        "Type": "Map",
        "Label": "Segments",
        "MaxConcurrency": concurrency,
        "ToleratedFailurePercentage": 0,
        "ItemReader": {
            "Resource": _integration("s3:getObject"),
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket.$": "$.Segments.Bucket", "Key.$": "$.Segments.Key"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Detect",
            "States": {
                "Detect": {
                    **_task(detect, {"JobId.$": "$.JobId", "Segment.$": "$.Segment"}),
                    # Detections are in the work bucket, a fault is in the table: state stays small.
                    "ResultSelector": {"Done": True},
                    "End": True,
                }
            },
        },
        # The list of segments could not be read. Each item has retries of its own.
        "Retry": [{"ErrorEquals": ["States.ItemReaderFailed"], **_UNEXPECTED}],
        "ResultPath": None,
        "Next": "Link",
    }


def _task(step: Step, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": _integration("lambda:invoke"),
        "Parameters": {"FunctionName": step.function_arn, "Payload": payload},
        "TimeoutSeconds": int(step.timeout_seconds) + _GRACE_SECONDS,
        "Retry": [_THROTTLED, _SPENT, {"ErrorEquals": ["States.ALL"], **_UNEXPECTED}],
    }


def _integration(action: str) -> str:
    """The ARN of one of Step Functions' service integrations, in the stack's own partition of AWS."""
    # Here, since the CDK takes seconds to import, and the times above are of interest without it.
    from aws_cdk import Aws

    return f"arn:{Aws.PARTITION}:states:::{action}"


def _unless_at_fault(following: str) -> dict[str, Any]:
    """On to `following`, or to the end where the step before answered that the video is at fault."""
    return {
        "Type": "Choice",
        "Choices": [{"Variable": "$.Error", "IsPresent": True, "Next": "FinishFailed"}],
        "Default": following,
    }


def _caught() -> dict[str, Any]:
    return {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "FinishFailed"}]}
