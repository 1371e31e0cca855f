"""The pipeline's only door to person tracking: a boto3 `rekognition` client, whatever stands behind it.

Behind it may be Amazon Rekognition (`aws`), a Rekognition-compatible HTTP endpoint (a URL) or the engine of
this deployment (`engine`). The engine has no URL: a botocore `before-send` hook hands the prepared HTTP
request to its API Lambda, so that IAM alone decides who may call it. Retries, modelled errors and pages work
as with any endpoint.
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

from pipeline.runtime.environment import AWS, ENGINE, Environment
from shared.aws_errors import code_of, is_throttle

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_rekognition.client import RekognitionClient

# Longer than the API Lambda may run, so that its own answer, and not our impatience, ends a call.
_READ_SECONDS = 65


def tracking_client(environment: Environment, attempts: int = 1) -> RekognitionClient:
    """A client for person tracking.

    Args:
        environment: says what stands behind it (`TRACKING_ENDPOINT`).
        attempts: how often a call is tried in all before a throttle or a server fault is raised. One where
        the
            queue does the waiting, several where a page is read in the middle of a collection.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        read_timeout=_READ_SECONDS,
        connect_timeout=10,
    )
    endpoint = environment.tracking_endpoint
    if endpoint not in (ENGINE, AWS):
        return boto3.client("rekognition", endpoint_url=endpoint, config=config)
    client = boto3.client("rekognition", config=config)
    if endpoint == ENGINE:
        assert environment.engine_function
        invoke = _InvokeEngine(_lambda_client(), environment.engine_function)
        client.meta.events.register("before-send.rekognition", invoke)  # type: ignore[arg-type]
    return client


def _lambda_client() -> LambdaClient:
    # One attempt: the rekognition client above decides on retries, once for both.
    return boto3.client(
        "lambda", config=Config(retries={"total_max_attempts": 1}, read_timeout=_READ_SECONDS)
    )


class _InvokeEngine:
    """Turns a prepared Rekognition request into `lambda:InvokeFunction`, and its answer into an HTTP
    response.
    """

    def __init__(self, client: LambdaClient, function: str) -> None:
        self._client = client
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
            # The function died: nothing of its answer can be trusted, and its trace is in its own log.
            return _error(request.url, 500, "InternalServerError", "The tracking engine failed to answer.")
        return _response(request.url, payload["statusCode"], payload["headers"], payload["body"])


def _refusal(url: str, error: ClientError) -> AWSResponse:
    """Lambda itself refused the call: said in Rekognition's words, so that callers know one vocabulary."""
    code = code_of(error)
    message = error.response["Error"].get("Message", "")
    if is_throttle(error):
        return _error(url, 400, "ThrottlingException", message)
    if code == "AccessDeniedException":
        return _error(url, 400, code, message)
    # Lambda's own words may mean something else in Rekognition's: that there is no such function is no job
    # that is gone.
    return _error(url, 500, "InternalServerError", f"{code}: {message}")


def _error(url: str, status: int, code: str, message: str) -> AWSResponse:
    body = json.dumps({"__type": code, "Code": code, "Message": message})
    return _response(url, status, {"x-amzn-RequestId": str(uuid.uuid4())}, body)


def _response(url: str, status: int, headers: dict[str, Any], body: str) -> AWSResponse:
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return AWSResponse(url, status, lower, _Raw(body.encode()))  # type: ignore[arg-type]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


class _Raw(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, amt: int = 65536, decode_content: bool = False) -> Iterator[bytes]:
        del decode_content
        while chunk := self.read(amt):
            yield chunk
