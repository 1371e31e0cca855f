"""The still of a scene, which the report draws on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.still import still_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def read_still(client: S3Client, bucket: str | None, job_id: str) -> bytes | None:
    """The still of a job's scene, a JPEG, or None where the tracking service has left none in `bucket`."""
    if bucket is None:
        return None
    try:
        return client.get_object(Bucket=bucket, Key=still_key(job_id))["Body"].read()
    except (ClientError, BotoCoreError):
        return None
