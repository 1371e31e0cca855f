"""The environment and the AWS clients a function works with, made once and passed to what needs them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

import boto3
from botocore.config import Config

from pipeline.rekognition.client import tracking_client
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.storage.batch_writer import send_prepared_bodies
from pipeline.storage.video_records import VideoRecords

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_rekognition.client import RekognitionClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

_PAGE_ATTEMPTS = 8
"""Calls made in all for one page of results before a throttle or server fault ends the collection's turn."""

_STANDARD = Config(retries={"mode": "standard", "total_max_attempts": 6})


E_co = TypeVar("E_co", bound=PipelineEnvironment, covariant=True)


@dataclass(frozen=True)
class Services(Generic[E_co]):
    """What one function works with. Each client is made at its first use, in the region and with the
    credentials that boto3 finds.
    """

    environment: E_co

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client = boto3.client("dynamodb", config=_STANDARD)
        send_prepared_bodies(client)
        return client

    @cached_property
    def s3(self) -> S3Client:
        return boto3.client("s3", config=_STANDARD)

    @cached_property
    def sqs(self) -> SQSClient:
        return boto3.client("sqs", config=_STANDARD)

    @cached_property
    def events(self) -> EventBridgeClient:
        return boto3.client("events", config=_STANDARD)

    @cached_property
    def tracking(self) -> RekognitionClient:
        """Makes one attempt a call: what is throttled waits in its queue."""
        return tracking_client(self.environment)

    @cached_property
    def paging(self) -> RekognitionClient:
        """Repeats throttled and failed calls itself, for pages in the middle of a collection."""
        return tracking_client(self.environment, attempts=_PAGE_ATTEMPTS)

    @cached_property
    def records(self) -> VideoRecords:
        """The videos' records in the tracks table."""
        return VideoRecords(self.dynamodb, self.environment.tracks_table, self.environment.retention_days)
