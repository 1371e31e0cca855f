"""A job's video on a real S3 whose object changes meanwhile: what the job began with is read, or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest

from engine.api.video_check import check
from engine.jobs.model import Job, Submission
from engine.jobs.table import JobsTable
from engine.storage.job_video import open_video
from engine.video.errors import VideoError
from engine.video.source.s3_file import BLOCK_BYTES
from tests.integration.engine.conftest import Aws

KEY = "a video.mp4"
ARCHIVED = (
    r"The video is archived in S3 \(GLACIER\)\. "
    r"Restore it, or copy it to another storage class, and track it again\."
)
CUSTOMER_KEY = (
    r"The video is encrypted in S3 with a customer-provided key \(SSE-C\), which S3 does not keep\. "
    r"Upload it again without one\."
)


@pytest.fixture
def s3(aws: Aws) -> Any:
    """A client of the test's own, for it to hook into."""
    return Aws(aws.endpoint).client("s3")


@pytest.fixture
def accepted(s3: Any, bucket: str, jobs: JobsTable) -> Callable[..., Job]:
    """A job accepted for the object as it is now."""

    def make(version: str | None = None) -> Job:
        submission = Submission(bucket=bucket, key=KEY, version=version, fingerprint="f")
        return jobs.find(jobs.accept(submission, check(s3, bucket, KEY, version), 20))

    return make


def versioned(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def after_the_first(s3: Any, operation: str, change: Callable[[], object]) -> None:
    """Change something once, as soon as the client's first call of `operation` was answered."""
    left = [change]

    def hook(**_: Any) -> None:
        if left:
            left.pop()()

    s3.meta.events.register(f"after-call.s3.{operation}", hook)


def replace(s3: Any, bucket: str, version: str | None) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=os.urandom(3 * BLOCK_BYTES))


def delete(s3: Any, bucket: str, version: str | None) -> None:
    s3.delete_object(Bucket=bucket, Key=KEY, **({"VersionId": version} if version else {}))


def archive(s3: Any, bucket: str, version: str | None) -> None:
    s3.copy_object(Bucket=bucket, Key=KEY, CopySource={"Bucket": bucket, "Key": KEY}, StorageClass="GLACIER")


def read_from_end_to_start(video: BinaryIO) -> None:
    """At least two GETs, however much a server sends at once."""
    video.seek(-1, os.SEEK_END)
    video.read(1)
    video.seek(0)
    video.read()


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
def test_an_object_replaced_at_any_moment_is_never_read_for_the_jobs(
    aws: Aws, s3: Any, bucket: str, accepted: Callable[..., Job], operation: str
) -> None:
    replace(s3, bucket, None)
    job = accepted()
    after_the_first(s3, operation, lambda: replace(aws.client("s3"), bucket, None))
    with (
        pytest.raises(VideoError, match=r"^The video was replaced in S3 while it was being read\.$"),
        open_video(s3, job) as video,
    ):
        read_from_end_to_start(video)


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
@pytest.mark.parametrize("keeps_versions", [False, True])
def test_a_video_removed_while_it_is_read_is_said_to_be_gone(
    aws: Aws, s3: Any, bucket: str, accepted: Callable[..., Job], operation: str, keeps_versions: bool
) -> None:
    if keeps_versions:
        versioned(s3, bucket)
    replace(s3, bucket, None)
    job = accepted()
    after_the_first(s3, operation, lambda: delete(aws.client("s3"), bucket, job.read_version))
    with (
        pytest.raises(VideoError, match=r"^The video is no longer in S3\.$"),
        open_video(s3, job) as video,
    ):
        read_from_end_to_start(video)


def test_a_video_removed_before_it_is_opened_is_said_to_be_gone(
    s3: Any, bucket: str, accepted: Callable[..., Job]
) -> None:
    replace(s3, bucket, None)
    job = accepted()
    delete(s3, bucket, None)
    with pytest.raises(VideoError, match=r"^The video is no longer in S3\.$"):
        open_video(s3, job)


def test_a_delete_marker_takes_nothing_from_a_job(s3: Any, bucket: str, accepted: Callable[..., Job]) -> None:
    versioned(s3, bucket)
    content = os.urandom(BLOCK_BYTES + 1)
    s3.put_object(Bucket=bucket, Key=KEY, Body=content)
    job = accepted()
    delete(s3, bucket, None)
    with open_video(s3, job) as video:
        assert video.read() == content


def test_an_older_version_is_read_though_there_is_a_newer_one(
    s3: Any, bucket: str, accepted: Callable[..., Job]
) -> None:
    versioned(s3, bucket)
    content = os.urandom(2 * BLOCK_BYTES + 12_345)
    old = s3.put_object(Bucket=bucket, Key=KEY, Body=content)["VersionId"]
    s3.put_object(Bucket=bucket, Key=KEY, Body=os.urandom(len(content)))
    with open_video(s3, accepted(old)) as video:
        video.seek(BLOCK_BYTES + 5)
        assert video.read(100) == content[BLOCK_BYTES + 5 : BLOCK_BYTES + 105]
        video.seek(0)
        assert video.read() == content


def test_a_video_archived_since_its_job_began_says_so_and_what_to_do(
    s3: Any, bucket: str, accepted: Callable[..., Job]
) -> None:
    replace(s3, bucket, None)
    job = accepted()
    archive(s3, bucket, None)
    with pytest.raises(VideoError, match=f"^{ARCHIVED}$"), open_video(s3, job) as video:
        video.read(1)


def test_a_video_put_under_a_customers_key_since_its_job_began_says_so_and_what_to_do(
    s3: Any, bucket: str, accepted: Callable[..., Job]
) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"video")
    job = accepted()
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"video", **customer_key())
    with pytest.raises(VideoError, match=f"^{CUSTOMER_KEY}$"):
        open_video(s3, job)


def customer_key() -> dict[str, Any]:
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": bytes(32)}
