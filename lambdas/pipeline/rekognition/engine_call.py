"""One call of the engine's API function, `lambda:InvokeFunction`, answered as Rekognition would answer it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline import messages
from shared.aws_errors import code_of, is_throttle

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

ACCESS_DENIED = "AccessDeniedException"
INTERNAL = "InternalServerError"
THROTTLED = "ThrottlingException"

READ_SECONDS = 65
"""How long an answer is waited for: longer than the API function may run, so that its own answer ends a
call."""


@dataclass(frozen=True)
class Answer:
    """An HTTP response; `headers` without those of the transfer, as Content-Length and Connection."""

    status: int
    headers: dict[str, str]
    body: bytes


def call_engine(client: LambdaClient, function: str, event: Mapping[str, Any]) -> Answer:
    """The engine's answer, or Lambda's refusal as the error of Rekognition that means the same.

    Args:
        client: makes one attempt, since the Rekognition client in front decides on retries.
        function: name of the engine's API function.
        event: `headers`, `body` and what else the function reads.

    Raises:
        BotoCoreError: Lambda did not answer.
        ValueError, KeyError, TypeError, AttributeError: the function's payload has not the form of an answer.
    """
    try:
        result = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        payload: dict[str, Any] = json.loads(result["Payload"].read())
    except ClientError as error:
        return _refusal(error)
    if "FunctionError" in result:
        # The function ended abnormally: its payload is a stack trace, which stays in its own log.
        return failure(500, INTERNAL, messages.ENGINE_FAILED)
    headers = {name: str(value) for name, value in payload.get("headers", {}).items()}
    return Answer(int(payload["statusCode"]), headers, payload["body"].encode())


def failure(status: int, name: str, message: str) -> Answer:
    """An error as AWS's JSON services answer it."""
    logref = str(uuid.uuid4())
    body = {"__type": name, "Code": name, "Logref": logref, "Message": message}
    return Answer(status, {"x-amzn-RequestId": logref}, json.dumps(body).encode())


def _refusal(error: ClientError) -> Answer:
    code = code_of(error)
    message = error.response["Error"].get("Message", str(error))
    if is_throttle(error):
        return failure(400, THROTTLED, message)
    if code == ACCESS_DENIED:
        return failure(400, ACCESS_DENIED, message)
    # Lambda's codes may mean something else in Rekognition: its ResourceNotFoundException is no missing job.
    return failure(500, INTERNAL, f"{code}: {message}")
