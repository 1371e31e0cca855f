"""How sure the links inside a video's paths are, where the tracking service says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.links import PathLinks, read_links

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def links_if_any(client: S3Client, bucket: str | None, job_id: str) -> Mapping[int, PathLinks] | None:
    """The links of a job's paths by Index; None where the tracking service has left none in `bucket`."""
    if bucket is None:
        return None
    try:
        return read_links(client, bucket, job_id)
    except (ClientError, BotoCoreError, ValueError):
        return None
