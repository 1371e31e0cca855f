"""The very object a job was accepted for, opened for reading by any of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import ClientError

from engine.jobs.model import Job
from engine.video.errors import VideoError
from engine.video.s3_file import S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_REASONS = {
    403: "The video in S3 may no longer be read.",
    404: "The video is no longer in S3.",
    412: "The video was replaced in S3 while it was being read.",
}


def open_video(client: S3Client, job: Job) -> BinaryIO:
    """A seekable file of ranged GETs, to be closed by the caller.

    Steps run minutes apart and on many machines, so each makes sure to read what the job began with. Raises
    VideoError when the object is gone, closed or another one now.
    """
    address: dict[str, Any] = {"Bucket": job.bucket, "Key": job.key}
    if job.read_version is not None:
        address["VersionId"] = job.read_version
    try:
        client.head_object(**address, IfMatch=job.etag)
        return cast(BinaryIO, S3Object(client, job.bucket, job.key, job.read_version))
    except ClientError as error:
        reason = _REASONS.get(error.response["ResponseMetadata"]["HTTPStatusCode"])
        if reason is None:
            raise
        raise VideoError(reason) from error
