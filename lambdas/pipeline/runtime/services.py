"""The AWS clients a Lambda works with, made once and passed to what needs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from pipeline.rekognition.client import tracking_client
from pipeline.runtime.environment import Environment
from pipeline.storage.batch_writer import send_prepared_bodies

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_rekognition.client import RekognitionClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

_PAGE_ATTEMPTS = 8


@dataclass(frozen=True)
class Services:
    """`tracking` tries once (the queue waits for it); `paging` retries throttles and server faults itself."""

    environment: Environment
    dynamodb: DynamoDBClient
    s3: S3Client
    sqs: SQSClient
    events: EventBridgeClient
    tracking: RekognitionClient
    paging: RekognitionClient

    @classmethod
    def of(cls, environment: Environment) -> Services:
        """Clients for `environment`, in the region and with the credentials boto3 finds."""
        standard = Config(retries={"mode": "standard", "total_max_attempts": 6})
        dynamodb = boto3.client("dynamodb", config=standard)
        send_prepared_bodies(dynamodb)
        return cls(
            environment=environment,
            dynamodb=dynamodb,
            s3=boto3.client("s3", config=standard),
            sqs=boto3.client("sqs", config=standard),
            events=boto3.client("events", config=standard),
            tracking=tracking_client(environment),
            paging=tracking_client(environment, attempts=_PAGE_ATTEMPTS),
        )


@cache
def services() -> Services:
    """The services of this process's environment."""
    return Services.of(Environment.read())
