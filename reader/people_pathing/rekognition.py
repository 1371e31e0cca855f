"""A boto3 `rekognition` client whose two operations of person tracking are answered by a stack's engine.

The engine has no URL: a botocore `before-send` hook hands the prepared HTTP request to its API function, so
that IAM alone decides who may call. Retries, paging and the modelled exceptions work as before. Every other
operation goes to Amazon Rekognition, as if this module were not there.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from .errors import StackError

if TYPE_CHECKING:
    from mypy_boto3_rekognition.client import RekognitionClient

_OPERATIONS = ("StartPersonTracking", "GetPersonTracking")
_READ_SECONDS = 65
"""How long an answer is waited for: longer than the API function may run."""
_THROTTLED = ("TooManyRequestsException", "ThrottlingException", "RequestLimitExceeded")


def rekognition_client(
    stack: str = "people-pathing",
    *,
    function: str | None = None,
    session: boto3.Session | None = None,
    **arguments: Any,
) -> RekognitionClient:
    """A client as `boto3.client("rekognition")` makes one, with person tracking by the stack.

    The caller needs `lambda:InvokeFunction` on the engine's API function, and `cloudformation:DescribeStacks`
    on the stack where `function` is not given.

    Args:
        stack: name of the stack, whose output EngineFunction names the function.
        function: name or ARN of the engine's API function, instead of the stack.
        session: with the credentials and the region; boto3's default session without one.
        arguments: further ones for the client, such as `region_name` or `config`.

    Raises:
        StackError: there is no such stack, or it has no engine.
        botocore.exceptions.ClientError: the stack may not be described.
    """
    made_by = session or boto3.Session()
    client: RekognitionClient = made_by.client("rekognition", **arguments)
    region = client.meta.region_name
    caller = made_by.client(
        "lambda",
        region_name=region,
        # One attempt: the Rekognition client decides on retries, once for both.
        config=Config(retries={"total_max_attempts": 1}, read_timeout=_READ_SECONDS),
    )
    name = function or _function_of(made_by.client("cloudformation", region_name=region), stack)
    client.meta.events.register("before-send.rekognition", _Transport(caller, name))  # type: ignore[arg-type]
    return client


def _function_of(cloudformation: Any, stack: str) -> str:
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        region = cloudformation.meta.region_name
        raise StackError(
            f"There is no stack {stack} in {region}: give its name (stack=…) or deploy it."
        ) from None
    for output in found.get("Outputs", []):
        if output["OutputKey"] == "EngineFunction":
            return str(output["OutputValue"])
    raise StackError(f"The stack {stack} has no engine: deploy it with tracking_endpoint=engine.")


class _Transport:
    """Turns a prepared request into `lambda:InvokeFunction`, and its answer into an HTTP response."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        target = _text(request.headers.get("X-Amz-Target", ""))
        if not target.endswith(_OPERATIONS):
            return None
        event = {"headers": {"X-Amz-Target": target}, "body": _text(request.body or b"")}
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=json.dumps(event))
            payload = json.loads(answer["Payload"].read())
        except ClientError as error:
            return _refusal(request.url, error.response)
        if "FunctionError" in answer:
            return _error(request.url, 500, "InternalServerError", "The engine failed; its log says why.")
        return _response(request.url, payload["statusCode"], payload["headers"], payload["body"])


def _refusal(url: str, response: Mapping[str, Any]) -> AWSResponse:
    """Lambda's refusal of a call as the error of Rekognition that means the same."""
    code, message = response["Error"].get("Code", ""), response["Error"].get("Message", "")
    if code in _THROTTLED or response["ResponseMetadata"].get("HTTPStatusCode") == 429:
        return _error(url, 400, "ThrottlingException", message)
    if code == "AccessDeniedException":
        return _error(url, 400, code, message)
    # Lambda's codes may mean something else in Rekognition: its ResourceNotFoundException is no missing job.
    return _error(url, 500, "InternalServerError", f"{code}: {message}")


def _error(url: str, status: int, code: str, message: str) -> AWSResponse:
    body = json.dumps({"__type": code, "Code": code, "Message": message})
    return _response(url, status, {"x-amzn-RequestId": str(uuid.uuid4())}, body)


def _response(url: str, status: int, headers: Mapping[str, Any], body: str) -> AWSResponse:
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return AWSResponse(url, status, lower, _Body(body.encode()))  # type: ignore[arg-type]


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)


class _Body(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, amt: int = 65536, decode_content: bool = False) -> Iterator[bytes]:
        del decode_content
        while chunk := self.read(amt):
            yield chunk
