"""Carrying a Rekognition client's calls to this deployment's engine.

The engine has no URL: a botocore `before-send` hook hands the prepared HTTP request to its API function, so
that IAM alone decides who may call it. Retries, modelled errors and pages work as with any endpoint.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from pipeline import messages
from shared.aws_errors import code_of, is_throttle

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

READ_SECONDS = 65
"""How long an answer is waited for: longer than the API function may run, so that its own answer ends a
call."""


def lambda_client() -> LambdaClient:
    """A client that makes one attempt: the Rekognition client decides on retries, once for both."""
    return boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}, read_timeout=READ_SECONDS))


class EngineTransport:
    """Turns a prepared Rekognition request into `lambda:InvokeFunction`, and its answer into an HTTP
    response.

    Args:
        function: name of the engine's API function.
    """

    def __init__(self, function: str) -> None:
        self._client = lambda_client()
        self._function = function

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body = request.body or b""
        event = {
            "headers": {"X-Amz-Target": _text(request.headers["X-Amz-Target"])},
            "body": body.decode() if isinstance(body, bytes | bytearray) else str(body),
        }
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=json.dumps(event))
            payload = json.loads(answer["Payload"].read())
        except ClientError as error:
            return _refusal(request.url, error)
        if "FunctionError" in answer:
            # The function ended abnormally: its payload is a stack trace, which stays in its own log.
            return _error(request.url, 500, "InternalServerError", messages.ENGINE_FAILED)
        return _response(request.url, payload["statusCode"], payload["headers"], payload["body"])


def _refusal(url: str, error: ClientError) -> AWSResponse:
    """Lambda's refusal of a call as the error of Rekognition that means the same."""
    code = code_of(error)
    message = error.response["Error"].get("Message", "")
    if is_throttle(error):
        return _error(url, 400, "ThrottlingException", message)
    if code == "AccessDeniedException":
        return _error(url, 400, code, message)
    # Lambda's codes may mean something else in Rekognition: its ResourceNotFoundException is no missing job.
    return _error(url, 500, "InternalServerError", f"{code}: {message}")


def _error(url: str, status: int, code: str, message: str) -> AWSResponse:
    body = json.dumps({"__type": code, "Code": code, "Message": message})
    return _response(url, status, {"x-amzn-RequestId": str(uuid.uuid4())}, body)


def _response(url: str, status: int, headers: dict[str, Any], body: str) -> AWSResponse:
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return AWSResponse(url, status, lower, _RawResponse(body.encode()))  # type: ignore[arg-type]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _RawResponse(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, amt: int = 65536, decode_content: bool = False) -> Iterator[bytes]:
        del decode_content
        while chunk := self.read(amt):
            yield chunk
