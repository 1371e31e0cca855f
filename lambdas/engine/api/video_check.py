"""The check of a video's S3 object before a job is accepted."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from engine.api import errors
from engine.jobs.model import Found
from engine.video.source.readable import head_object, why_unreadable
from shared.aws_errors import is_transient

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MAX_BYTES = 10 * 1024**3
"""The contract's limit."""


def check(client: S3Client, bucket: str, key: str, version: str | None) -> Found:
    """The object exists, is in the client's region, is at most 10 GB, and can really be read.

    Reading one byte finds what metadata does not show: a key of KMS that may not be used, an archived object.
    An empty file passes: its job fails with that reason.

    Raises:
        InvalidS3ObjectError: with the reason, where the object is there but cannot be read as it is stored.
        VideoTooLargeError, ThrottlingError, InternalServerError: as in the contract.
    """
    client.meta.events.register_first("needs-retry.s3", _refuse_other_regions, unique_id="same-region")
    address: dict[str, Any] = {"Bucket": bucket, "Key": key}
    if version is not None:
        address["VersionId"] = version
    try:
        head = head_object(client, **address)
        size = head["ContentLength"]
        if size > MAX_BYTES:
            raise errors.VideoTooLargeError.sized(size, MAX_BYTES)
        if size:
            with closing(client.get_object(**address, Range="bytes=0-0")["Body"]) as body:
                body.read(1)  # no more, though the server ignores the range
    except ClientError as error:
        if is_transient(error):
            raise errors.ThrottlingError from error
        raise errors.InvalidS3ObjectError(why_unreadable(error)) from error
    except (HTTPClientError, ConnectionError) as error:
        raise errors.InternalServerError from error  # S3 cannot be reached: nothing is known of the object
    except BotoCoreError as error:
        raise errors.InvalidS3ObjectError from error
    return Found(head["ETag"], head.get("VersionId"))


def _refuse_other_regions(response: Any, request_dict: Any, **_: Any) -> None:
    """botocore would follow a bucket to its region; by the contract it must be in the engine's own."""
    if response is None:
        return
    headers = response[1].get("ResponseMetadata", {}).get("HTTPHeaders", {})
    ours = request_dict.get("context", {}).get("client_region")
    if headers.get("x-amz-bucket-region", ours) != ours:
        raise errors.InvalidS3ObjectError
