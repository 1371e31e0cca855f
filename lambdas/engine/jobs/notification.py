"""The completion message: its form, and publishing it as the role the caller named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from engine.jobs.model import Job

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

_WITHIN_THE_CLAIM = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}
)
"""Publishing is over, one way or the other, before the claim to publish ends."""


def completion_message(job: Job) -> str:
    """Compact JSON in the contract's order of members; `job` must be over."""
    assert job.completed_at is not None
    message: dict[str, object] = {
        "JobId": job.id,
        "Status": job.status.value,
        "API": "StartPersonTracking",
    }
    if job.tag is not None:
        message["JobTag"] = job.tag
    message["Timestamp"] = job.completed_at
    message["Video"] = {"S3ObjectName": job.key, "S3Bucket": job.bucket}
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def publish(sts: STSClient, job: Job) -> None:
    """Assumes the notification channel's role and publishes to its topic, in the topic's own region.

    Raises botocore's ClientError when the role may not be assumed or may not publish.
    """
    assert job.topic_arn is not None
    assert job.role_arn is not None
    role = sts.assume_role(RoleArn=job.role_arn, RoleSessionName=job.id, DurationSeconds=900)
    credentials = role["Credentials"]
    sns = boto3.client(
        "sns",
        region_name=job.topic_arn.split(":")[3],
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=_WITHIN_THE_CLAIM,
    )
    sns.publish(TopicArn=job.topic_arn, Message=completion_message(job))
