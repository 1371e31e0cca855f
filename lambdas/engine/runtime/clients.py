"""Clients of the AWS services that the engine calls, each made at its first use and once a process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 4},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=32,
)
"""Four attempts, and time-outs in seconds well within those of the functions."""


@cache
def s3() -> S3Client:
    return boto3.client("s3", config=_CONFIG)


@cache
def stepfunctions() -> SFNClient:
    return boto3.client("stepfunctions", config=_CONFIG)


@cache
def sts() -> STSClient:
    return boto3.client("sts", config=_CONFIG)


@cache
def dynamodb_table(name: str) -> Table:
    return boto3.resource("dynamodb", config=_CONFIG).Table(name)
