"""The very object a job was accepted for, opened for reading by any of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from engine.jobs.model import Job
from engine.video.source.s3_file import S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def open_video(client: S3Client, job: Job) -> BinaryIO:
    """A seekable file of ranged GETs, to be closed by the caller.

    Steps run minutes apart and on many machines, so each checks that it reads what the job began with. Raises
    VideoError, here or when read, when the object is gone, closed, archived or another one now.
    """
    return cast(BinaryIO, S3Object(client, job.bucket, job.key, job.read_version, etag=job.etag))
