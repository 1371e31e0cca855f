"""The contract's table of errors: each one as boto3 raises it.

Most are provoked on the deployed engine. What only AWS itself can cause (a throttle, a denial, ten gigabytes)
comes from a small server in the place of the one AWS service concerned; the engine's code is the real one.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config

from engine.runtime import clients
from testing.loopback import QuietHandler, served
from tests.integration.conformance.conftest import Engine
from tools.endpoint.engine_api import Api
from tools.endpoint.server import serve
from tools.target import embedded

Answer = tuple[int, dict[str, str], str]
VIDEO = {"S3Object": {"Bucket": "videos", "Name": "a.mp4"}}


def test_access_denied(caller_of_lambda: Callable[[str, int], Any]) -> None:
    """No URL exists: the right to call is the right to invoke the API function."""
    client = caller_of_lambda("AccessDeniedException", 403)
    with pytest.raises(client.exceptions.AccessDeniedException, match="not authorized") as refused:
        client.get_person_tracking(JobId="a")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_throttling_of_the_function(caller_of_lambda: Callable[[str, int], Any]) -> None:
    client = caller_of_lambda("TooManyRequestsException", 429)
    with pytest.raises(client.exceptions.ThrottlingException):
        client.get_person_tracking(JobId="a")


def test_invalid_parameter(engine: Engine) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.InvalidParameterException, match="Request has invalid parameters"):
        client.start_person_tracking(Video={"S3Object": {"Bucket": "a/b", "Name": "n"}})
    with pytest.raises(client.exceptions.InvalidParameterException, match="Request has invalid parameters"):
        client.get_person_tracking(JobId="a b")


def test_invalid_s3_object(engine: Engine) -> None:
    client = engine.rekognition
    with pytest.raises(
        client.exceptions.InvalidS3ObjectException, match="Unable to get object metadata from S3"
    ):
        client.start_person_tracking(Video={"S3Object": {"Bucket": engine.videos, "Name": uuid.uuid4().hex}})


def test_video_too_large(api: Callable[..., Answer]) -> None:
    status, error, message = api(
        "StartPersonTracking",
        {"Video": VIDEO},
        s3=(200, {"Content-Length": str(11 * 1024**3), "ETag": '"e"'}, ""),
    )
    assert (status, error) == (400, "VideoTooLargeException")
    assert message == (
        f"Video size in bytes: {11 * 1024**3} is more than the maximum limit of: {10 * 1024**3} bytes."
    )


def test_limit_exceeded(engine: Engine, empty_scene: dict[str, Any], all_jobs_open: int) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.LimitExceededException, match="Maximum limit: 20"):
        client.start_person_tracking(Video=empty_scene)


def test_idempotent_parameter_mismatch(engine: Engine, empty_scene: dict[str, Any]) -> None:
    client, token = engine.rekognition, uuid.uuid4().hex
    job_id = client.start_person_tracking(Video=empty_scene, ClientRequestToken=token)["JobId"]
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException, match=token):
        client.start_person_tracking(Video=empty_scene, ClientRequestToken=token, JobTag="other")
    engine.wait(job_id)


def test_invalid_pagination_token(engine: Engine, long_job: str) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.InvalidPaginationTokenException, match="Invalid Pagination Token"):
        client.get_person_tracking(JobId=long_job, NextToken="made-up")


def test_resource_not_found(engine: Engine) -> None:
    client = engine.rekognition
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_person_tracking(JobId="0" * 64)


def test_provisioned_throughput_exceeded(api: Callable[..., Answer]) -> None:
    status, error, message = api(
        "GetPersonTracking", {"JobId": "a"}, dynamodb=failing("ProvisionedThroughputExceededException")
    )
    assert (status, error) == (400, "ProvisionedThroughputExceededException")
    assert message == "Provisioned Rate exceeded."


def test_throttling(api: Callable[..., Answer]) -> None:
    status, error, message = api("GetPersonTracking", {"JobId": "a"}, dynamodb=failing("ThrottlingException"))
    assert (status, error) == (400, "ThrottlingException")
    assert message.startswith("Slow down;")


def test_internal_server_error(api: Callable[..., Answer]) -> None:
    status, error, message = api("GetPersonTracking", {"JobId": "a"}, dynamodb=failing("ValidationException"))
    assert (status, error) == (500, "InternalServerError")
    assert "ValidationException" not in message


# --- the services behind ---


def failing(code: str) -> Answer:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m"})
    return 400, {"Content-Type": "application/x-amz-json-1.0", "Content-Length": str(len(body))}, body


WHO_AM_I = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
DENIED: Answer = (403, {"Content-Type": "text/xml", "Content-Length": str(len(WHO_AM_I))}, WHO_AM_I)


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The URL of a server that gives one and the same answer to everything."""

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            asked = self.body().decode()
            status, headers, body = DENIED if "GetCallerIdentity" in asked else answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_HEAD = do_POST

    with served(Handler) as url:
        yield url


@pytest.fixture
def caller_of_lambda() -> Iterator[Callable[[str, int], Any]]:
    """A boto3 client whose endpoint finds a Lambda service that refuses to invoke."""
    opened: list[Any] = []

    def make(code: str, status: int) -> Any:
        body = json.dumps({"Message": "User: u is not authorized to perform: lambda:InvokeFunction"})
        headers = {"x-amzn-ErrorType": code, "Content-Length": str(len(body))}
        context = answering((status, headers, body))
        url = context.__enter__()
        server = serve(Api(embedded(url, {"EngineFunction": "api"})), 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened.extend([context, server])
        return boto3.client(
            "rekognition",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
        )

    yield make
    context, server = opened
    server.shutdown()
    server.server_close()
    context.__exit__(None, None, None)


_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_MAX_ATTEMPTS": "1",
    "JOBS_TABLE": "jobs",
    "WORK_BUCKET": "work",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
    "POWERTOOLS_SERVICE_NAME": "engine",
    "POWERTOOLS_METRICS_NAMESPACE": "Test",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
"""Of the API function."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Answer]]:
    """The API function in this process: `api(operation, request, service=answer)`: status, error, message."""
    cached = (clients.s3, clients.dynamodb_table, clients.stepfunctions)
    opened: list[Any] = []

    def call(operation: str, request: dict[str, Any], **services: Answer) -> Answer:
        for service, answer in services.items():
            opened.append(answering(answer))
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", opened[-1].__enter__())
        handler = importlib.import_module("engine.handlers.api").handler
        event = {
            "headers": {"x-amz-target": f"RekognitionService.{operation}"},
            "body": json.dumps(request),
        }
        context = SimpleNamespace(
            aws_request_id=str(uuid.uuid4()),
            function_name="api",
            memory_limit_in_mb=128,
            invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:api",
        )
        answer = handler(event, context)
        body = json.loads(answer["body"])
        return answer["statusCode"], body["__type"], body["Message"]

    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for client in cached:
        client.cache_clear()
    monkeypatch.delitem(sys.modules, "engine.handlers.api", raising=False)
    yield call
    for context in opened:
        context.__exit__(None, None, None)
    for client in cached:
        client.cache_clear()
    sys.modules.pop("engine.handlers.api", None)
