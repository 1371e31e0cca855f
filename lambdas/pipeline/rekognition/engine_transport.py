"""Carrying a Rekognition client's calls to this deployment's engine.

The engine has no URL: a botocore `before-send` hook hands the prepared HTTP request to its API function, so
that IAM alone decides who may call it. Retries, modelled errors and pages work as with any endpoint.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from pipeline.rekognition.engine_call import READ_SECONDS, call_engine

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient


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
        answer = call_engine(self._client, self._function, event)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        raw = _RawResponse(answer.body)
        return AWSResponse(request.url, answer.status, headers, raw)  # type: ignore[arg-type]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _RawResponse(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, amt: int = 65536, decode_content: bool = False) -> Iterator[bytes]:
        del decode_content
        while chunk := self.read(amt):
            yield chunk
