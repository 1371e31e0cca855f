"""The still of a scene, which the report draws on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from shared.still import Still, read_still

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_WIDE_SCREEN = 16 / 9
"""The aspect of a video of which nothing is known."""


def shown_aspect(width: int, height: int, still: Still | None) -> float:
    """Width / height of a video as shown: the still's, or without one its frames', which may be squeezed.

    Args:
        width, height: `FrameWidth` and `FrameHeight`; 0 where they are not known.
    """
    if still is not None:
        return still.aspect
    return width / height if width and height else _WIDE_SCREEN


def still_if_any(client: S3Client, bucket: str | None, job_id: str) -> Still | None:
    """The still of a job's scene, or None where the tracking service has left none in `bucket`."""
    if bucket is None:
        return None
    try:
        return read_still(client, bucket, job_id)
    except (ClientError, BotoCoreError, ValueError):
        return None
