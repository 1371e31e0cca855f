"""The engine's API function, called as `lambda:InvokeFunction`."""

import os
import threading

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.rekognition.engine_call import INTERNAL, READ_SECONDS, THROTTLED, Answer, call_engine, failure
from tools.target import Target

CALLS_AT_ONCE = 32
"""Invocations under way at a time on AWS."""

WAIT_SECONDS = 25.0
"""How long a call waits for its turn. With the 30 s that the function may take, an answer comes within the
minute that AWS's clients wait for one."""


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
            read_timeout=READ_SECONDS,
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
            identity = {"identity": {"userArn": self._caller}}
            event = {"headers": headers, "body": body, "requestContext": identity}
            return call_engine(self._lambda, self.function, event)
        except (BotoCoreError, ValueError, KeyError, TypeError, AttributeError) as error:
            return failure(500, INTERNAL, f"The API function cannot be reached: {error}")
        finally:
            self._turns.release()


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
