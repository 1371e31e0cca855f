"""The check of a video before its job is accepted, against an S3 and against answers only AWS gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config

from engine.api import errors, video_check
from engine.jobs.model import Found
from testing.loopback import QuietHandler, served


def test_what_is_there_is_identified_by_etag_and_version(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="a b+ü🎬.mp4", Body=b"one")
    s3.put_object(Bucket=bucket, Key="a b+ü🎬.mp4", Body=b"two")
    found = video_check.check(s3, bucket, "a b+ü🎬.mp4", first["VersionId"])
    assert found == Found(first["ETag"], first["VersionId"])


def test_an_empty_file_passes(aws: Any, bucket: str) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key="empty.mp4", Body=b"")
    assert video_check.check(aws.client("s3"), bucket, "empty.mp4", None).etag


@pytest.mark.parametrize("missing", ["bucket", "key", "version", "deleted"])
def test_what_is_not_there_is_an_invalid_object(aws: Any, bucket: str, missing: str) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="a.mp4", Body=b"one")
    if missing == "deleted":
        s3.delete_object(Bucket=bucket, Key="a.mp4")
    where = {
        "bucket": ("no-such-bucket", "a.mp4", None),
        "key": (bucket, "b.mp4", None),
        "version": (bucket, "a.mp4", "0000"),
        "deleted": (bucket, "a.mp4", None),
    }[missing]
    with pytest.raises(errors.InvalidS3ObjectError, match="Unable to get object metadata from S3"):
        video_check.check(s3, *where)


def test_a_file_over_10_gb_is_refused_with_both_sizes() -> None:
    huge = {"Content-Length": "10737418241", "ETag": '"e"'}
    with _s3_answering(lambda _: (200, huge)) as s3, pytest.raises(errors.VideoTooLargeError) as refused:
        video_check.check(s3, "videos", "a.mp4", None)
    assert str(refused.value) == (
        "Video size in bytes: 10737418241 is more than the maximum limit of: 10737418240 bytes."
    )


@pytest.mark.parametrize("status", [301, 400])
def test_a_bucket_in_another_region_is_refused_not_followed(status: int) -> None:
    asked: list[str] = []

    def elsewhere(method: str) -> tuple[int, dict[str, str]]:
        asked.append(method)
        return status, {"x-amz-bucket-region": "eu-west-1", "Content-Length": "0"}

    with _s3_answering(elsewhere) as s3, pytest.raises(errors.InvalidS3ObjectError):
        video_check.check(s3, "videos", "a.mp4", None)
    assert asked == ["HEAD"]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_an_object_that_may_not_be_read_is_refused_though_its_metadata_may(method: str) -> None:
    def closed(asked: str) -> tuple[int, dict[str, str]]:
        return (
            (403, {"Content-Length": "0"})
            if asked == method
            else (200, {"Content-Length": "9", "ETag": '"e"'})
        )

    with _s3_answering(closed) as s3, pytest.raises(errors.InvalidS3ObjectError):
        video_check.check(s3, "videos", "a.mp4", None)


@pytest.mark.parametrize(("storage_class", "is_named"), [("GLACIER", False), ("DEEP_ARCHIVE", True)])
def test_an_archived_video_is_refused_with_the_reason_until_it_is_restored(
    aws: Any, bucket: str, storage_class: str, is_named: bool
) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put = s3.put_object(Bucket=bucket, Key="a.mp4", Body=b"video", StorageClass=storage_class)
    version = put["VersionId"] if is_named else None

    def check() -> Found:
        return video_check.check(s3, bucket, "a.mp4", version)

    reason = rf"^The video is archived in S3 \({storage_class}\)\. Restore it, .+ and track it again\.$"
    with pytest.raises(errors.InvalidS3ObjectError, match=reason):
        check()
    s3.restore_object(Bucket=bucket, Key="a.mp4", RestoreRequest={"Days": 1})
    with pytest.raises(errors.InvalidS3ObjectError, match=reason):
        check()  # asked for, and not there yet
    while 'ongoing-request="true"' in s3.head_object(Bucket=bucket, Key="a.mp4")["Restore"]:
        time.sleep(0.1)
    assert check().etag == put["ETag"]


def test_an_archive_tier_of_intelligent_tiering_is_named() -> None:
    body = (
        b"<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's access "
        b"tier</Message><StorageClass>INTELLIGENT_TIERING</StorageClass>"
        b"<AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Error>"
    )

    def archived(method: str) -> tuple[int, dict[str, str]]:
        if method == "HEAD":
            return 200, {
                "Content-Length": "9",
                "ETag": '"e"',
                "x-amz-storage-class": "INTELLIGENT_TIERING",
                "x-amz-archive-status": "DEEP_ARCHIVE_ACCESS",
            }
        return 403, {"Content-Length": str(len(body)), "Content-Type": "application/xml"}

    with (
        _s3_answering(archived, body) as s3,
        pytest.raises(errors.InvalidS3ObjectError, match=r"archived in S3 \(DEEP_ARCHIVE_ACCESS\)"),
    ):
        video_check.check(s3, "videos", "a.mp4", None)


def test_a_video_under_a_customers_key_is_refused_with_the_reason(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(
        Bucket=bucket, Key="a.mp4", Body=b"one", SSECustomerAlgorithm="AES256", SSECustomerKey=bytes(32)
    )
    reason = r"^The video is encrypted in S3 with a customer-provided key \(SSE-C\), .+ Upload it again .+\.$"
    with pytest.raises(errors.InvalidS3ObjectError, match=reason):
        video_check.check(s3, bucket, "a.mp4", None)


def test_no_more_than_a_byte_is_read_of_a_server_that_ignores_ranges() -> None:
    taken: list[int] = []
    body = bytes(50_000_000)

    def whole(method: str) -> tuple[int, dict[str, str]]:
        return 200, {"Content-Length": str(len(body)), "ETag": '"e"'}

    with _s3_answering(whole, body, taken.append) as s3:
        assert video_check.check(s3, "videos", "a.mp4", None).etag == '"e"'
    assert taken[0] < len(body)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_s3_that_is_busy_or_unwell_is_throttling_not_a_bad_object(status: int) -> None:
    with (
        _s3_answering(lambda _: (status, {"Content-Length": "0"})) as s3,
        pytest.raises(errors.ThrottlingError),
    ):
        video_check.check(s3, "videos", "a.mp4", None)


def test_an_s3_that_cannot_be_reached_is_a_server_fault_not_a_bad_object() -> None:
    with _s3_answering(lambda _: (200, {})) as s3:
        pass  # its server is gone now
    with pytest.raises(errors.InternalServerError):
        video_check.check(s3, "videos", "a.mp4", None)


@contextmanager
def _s3_answering(
    answer: Callable[[str], tuple[int, dict[str, str]]],
    body: bytes = b"",
    taken: Callable[[int], object] = lambda _: None,
) -> Iterator[Any]:
    """An S3 client whose server answers as `answer` says, by method.

    GETs are answered with `body`; `taken` is called with how much of it was sent.
    """

    class Handler(QuietHandler):
        def do_HEAD(self) -> None:
            status, headers = answer(self.command)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            sent = 0
            with suppress(BrokenPipeError, ConnectionResetError):
                for start in range(0, len(body), 1 << 16):
                    sent += self.wfile.write(body[start : start + (1 << 16)])
            taken(sent)

    with served(Handler) as url:
        yield boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=5),
        )
