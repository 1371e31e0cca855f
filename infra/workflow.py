"""The engine's state machine in Amazon States Language: plan, detect segments side by side, link, finish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Lambda's own troubles: a fresh account runs ten functions at once, so a busy hour throttles for long.
_LAMBDA_ERRORS = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
]
_THROTTLED = {
    "ErrorEquals": ["Lambda.TooManyRequestsException"],
    "IntervalSeconds": 2,
    "BackoffRate": 1.5,
    "MaxDelaySeconds": 60,
    "MaxAttempts": 200,
    "JitterStrategy": "FULL",
}
# The whole of a six-hour video at one function at a time, and then some.
EXECUTION_SECONDS = 24 * 3600
_GRACE_SECONDS = 60


@dataclass(frozen=True)
class Step:
    """A function of the workflow: its ARN and its time-out in seconds."""

    function_arn: str
    timeout_seconds: float


def definition(*, plan: Step, detect: Step, link: Step, finish: Step, concurrency: int) -> dict[str, Any]:
    """The state machine; its input is `{"JobId": …}`.

    A video that cannot be analysed and a step that keeps failing end alike: `finish` learns the error, says
    so to whoever waits, and the execution fails. A crash of `finish` is left to the rule on failures.
    """
    return {
        "Comment": "Person tracking of one video",
        "StartAt": "Plan",
        "TimeoutSeconds": EXECUTION_SECONDS,
        "States": {
            "Plan": {
                **_task(plan, {"JobId.$": "$.JobId"}),
                "OutputPath": "$.Payload",
                "Next": "DetectSegments",
            }
            | _caught(),
            "DetectSegments": {
                "Type": "Map",
                "Label": "Segments",
                "MaxConcurrency": concurrency,
                "ToleratedFailurePercentage": 0,
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "JSON"},
                    "Parameters": {"Bucket.$": "$.Segments.Bucket", "Key.$": "$.Segments.Key"},
                },
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Detect",
                    "States": {
                        "Detect": {
                            **_task(detect, {"JobId.$": "$.JobId", "Segment.$": "$.Segment"}),
                            # What was found lies in the work bucket: state stays small.
                            "ResultSelector": {"Done": True},
                            "End": True,
                        }
                    },
                },
                "ResultPath": None,
                "Next": "Link",
            }
            | _caught(),
            "Link": {**_task(link, {"JobId.$": "$.JobId"}), "ResultPath": None, "Next": "Finish"} | _caught(),
            "Finish": {**_task(finish, {"JobId.$": "$.JobId"}), "ResultPath": None, "End": True} | _caught(),
            "FinishFailed": {
                **_task(finish, {"JobId.$": "$.JobId", "Error.$": "$.Error"}),
                "ResultPath": None,
                "Next": "Failed",
            },
            "Failed": {"Type": "Fail", "ErrorPath": "$.Error.Error", "CausePath": "$.Error.Cause"},
        },
    }


def _task(step: Step, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": step.function_arn, "Payload": payload},
        "TimeoutSeconds": int(step.timeout_seconds) + _GRACE_SECONDS,
        "Retry": [
            _THROTTLED,
            {
                "ErrorEquals": [*_LAMBDA_ERRORS, "Lambda.Unknown", "States.Timeout", "Sandbox.Timedout"],
                "IntervalSeconds": 2,
                "BackoffRate": 2,
                "MaxDelaySeconds": 60,
                "MaxAttempts": 4,
                "JitterStrategy": "FULL",
            },
            # A step raises VideoError where the video itself is at fault: trying again would not mend it.
            {"ErrorEquals": ["VideoError"], "MaxAttempts": 0},
            # The embedded AWS's name for whatever a handler raises, VideoError among it.
            {"ErrorEquals": ["Runtime.HandlerError"], "MaxAttempts": 0},
            # Another run of `finish` holds the claim to tell the caller, for minutes, or died with it.
            {
                "ErrorEquals": ["NotificationUnderWay"],
                "IntervalSeconds": 20,
                "BackoffRate": 1,
                "MaxAttempts": 9,
            },
            {
                "ErrorEquals": ["States.TaskFailed"],
                "IntervalSeconds": 2,
                "BackoffRate": 2,
                "MaxAttempts": 3,
                "JitterStrategy": "FULL",
            },
        ],
    }


def _caught() -> dict[str, Any]:
    return {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Error", "Next": "FinishFailed"}]}
