"""The engine's own resources on an embedded AWS, without the stack, for tests of the modules using them."""

from __future__ import annotations

import importlib
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from engine.jobs.model import Found, Submission
from engine.jobs.table import JobsTable
from engine.runtime import clients
from tools.embedded.embedded_aws import REGION, EmbeddedAws

Handler = Callable[[dict[str, Any]], Any]
"""A Lambda function's handler: the answer to an event."""


@dataclass
class Clock:
    """A clock the test sets: `clock.now += 60`."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Aws:
    """Clients of the embedded AWS."""

    endpoint: str
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        if name not in self.clients:
            self.clients[name] = boto3.client(name, **self._where())  # type: ignore[call-overload]
        return self.clients[name]

    def table(self, name: str) -> Any:
        return boto3.resource("dynamodb", **self._where()).Table(name)  # type: ignore[call-overload]

    def _where(self) -> dict[str, str]:
        return {
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }


@pytest.fixture(scope="session")
def aws(empty_aws: EmbeddedAws) -> Aws:
    return Aws(empty_aws.endpoint)


@pytest.fixture
def table(aws: Aws) -> Any:
    name = f"jobs-{uuid.uuid4().hex}"
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return aws.table(name)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(table: Any, clock: Clock) -> JobsTable:
    return JobsTable(table, clock)


@pytest.fixture
def accept(jobs: JobsTable) -> Callable[..., str]:
    """Makes a job in the table; the arguments override a plain submission's."""

    def make(max_open: int = 20, **asked: Any) -> str:
        submission = Submission(**{"bucket": "videos", "key": "a.mp4", "fingerprint": "f", **asked})
        return jobs.accept(submission, Found(etag='"e"', version=None), max_open)

    return make


@pytest.fixture
def handler_of(
    aws: Aws, table: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Handler]]:
    """`handler_of("plan")` is that function's handler, fresh, on the embedded AWS.

    Its work bucket is `bucket`; what else a function reads is for the test to put into the environment.
    """
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "JOBS_TABLE": table.name,
        "WORK_BUCKET": bucket,
        "POWERTOOLS_SERVICE_NAME": "engine",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    _start_afresh()
    yield _handler
    _start_afresh()


def _handler(name: str) -> Handler:
    handler = importlib.import_module(f"engine.handlers.{name}").handler
    context = SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=128,
        invoked_function_arn=f"arn:aws:lambda:{REGION}:000000000000:function:{name}",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 60_000,
    )
    return lambda event: handler(event, context)


def _start_afresh() -> None:
    """As in a new process: no client is made yet, and no handler imported."""
    for name in [name for name in sys.modules if name.startswith("engine.handlers.")]:
        del sys.modules[name]
    for client in (clients.dynamodb_table, clients.s3, clients.stepfunctions, clients.sts):
        client.cache_clear()


@pytest.fixture
def bucket(aws: Aws) -> str:
    name = f"bucket-{uuid.uuid4().hex}"
    aws.client("s3").create_bucket(Bucket=name)
    return name
