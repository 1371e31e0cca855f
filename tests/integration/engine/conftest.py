"""The engine's own resources on an embedded AWS, without the stack, for tests of the modules using them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from engine.jobs.model import Found, Submission
from engine.jobs.table import JobsTable
from tools.embedded.embedded_aws import REGION, EmbeddedAws


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
def bucket(aws: Aws) -> str:
    name = f"bucket-{uuid.uuid4().hex}"
    aws.client("s3").create_bucket(Bucket=name)
    return name
