"""The engine's API function, called as `lambda:InvokeFunction`."""

import json
import os
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws_errors import code_of, is_throttle
from tools.endpoint.answer import ACCESS_DENIED, INTERNAL, THROTTLED, Answer, failure
from tools.target import Target

CALLS_AT_ONCE = 32
"""Invocations under way at a time on AWS."""

WAIT_SECONDS = 25.0
"""How long a call waits for its turn. With the 30 s that the function may take, an answer comes within the
minute that AWS's clients wait for one."""

_READ_SECONDS = 65
"""Longer than the function may run, so that its own answer ends a call."""


class Api:
    """The engine's API function of one stack. Safe to use from several threads.

    Invocations under way at a time are few: further calls wait for their turn, and are throttled in the end.

    Args:
        target: the stack.
        wait_seconds: how long a call waits for its turn.

    Raises:
        ToolError: the stack has no engine.
    """

    def __init__(self, target: Target, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self.function = target.output("EngineFunction")
        calls_at_once = CALLS_AT_ONCE if target.endpoint is None else _cores()
        # One attempt: the caller's own client decides on retries, and a start is not made twice.
        self._lambda = target.client(
            "lambda",
            read_timeout=_READ_SECONDS,
            max_pool_connections=calls_at_once,
            retries={"total_max_attempts": 1},
        )
        self._caller = _caller(target)
        self._turns = threading.BoundedSemaphore(calls_at_once)
        self._wait_seconds = wait_seconds

    def ask(self, headers: dict[str, str], body: str) -> Answer:
        """The answer to one call, an error in AWS's own JSON form included.

        Args:
            headers: of the request, as far as the engine reads them.
            body: of the request, JSON.
        """
        if not self._turns.acquire(timeout=self._wait_seconds):
            return failure(400, THROTTLED, "Slow down; please reduce your request rate.")
        try:
            return self._invoke(headers, body)
        except ClientError as error:
            return _refused(error)
        except (BotoCoreError, ValueError, KeyError, TypeError, AttributeError) as error:
            return failure(500, INTERNAL, f"The API function cannot be reached: {error}")
        finally:
            self._turns.release()

    def _invoke(self, headers: dict[str, str], body: str) -> Answer:
        event = {"headers": headers, "body": body, "requestContext": {"identity": {"userArn": self._caller}}}
        answer = self._lambda.invoke(FunctionName=self.function, Payload=json.dumps(event).encode())
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            # The function ended abnormally: its payload is a stack trace, which stays in its own log.
            return failure(500, INTERNAL, "Internal server error")
        headers_back = {name: str(value) for name, value in payload.get("headers", {}).items()}
        return Answer(int(payload["statusCode"]), headers_back, payload["body"].encode())


def _refused(error: ClientError) -> Answer:
    """Lambda's refusal of a call as the error of Rekognition that means the same."""
    code = code_of(error)
    message = error.response["Error"].get("Message", str(error))
    if is_throttle(error):
        return failure(400, THROTTLED, message)
    if code == ACCESS_DENIED:
        return failure(400, ACCESS_DENIED, message)
    # Lambda's codes may mean something else in Rekognition: its ResourceNotFoundException is no missing job.
    return failure(500, INTERNAL, f"{code}: {message}")


def _cores() -> int:
    """Invocations at a time on the embedded AWS.

    Each may be a cold start on this machine's cores: more at once only take longer each, and a hundred
    outlast the function's time limit.
    """
    return os.cpu_count() or 1


def _caller(target: Target) -> str:
    try:
        return str(target.client("sts").get_caller_identity()["Arn"])
    except (ClientError, BotoCoreError):
        return ""
