"""An S3 object as a file, against a real HTTP server that answers as S3 does."""

from __future__ import annotations

import os
import re
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, cast

import boto3
import numpy as np
import pytest
from botocore.config import Config

from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import read_metadata
from engine.video.source.s3_file import S3Object
from testing.clips import make_clip, numbered


class Bucket(ThreadingHTTPServer):
    """One object; counts what was asked for."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.content = content
        self.etag = '"first"'
        self.ranges: list[tuple[int, int]] = []
        self.versions: set[str] = set()
        self.failures = 0
        self.knows_ranges = True
        self.wholes = 0
        self.refusal: tuple[int, bytes] | None = None


class _Answers(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are written apart

    def do_HEAD(self) -> None:
        self._note_version()
        matches = self.headers["If-Match"] == self.server.etag
        self._answer(200 if matches else 412, len(self.server.content))

    def do_GET(self) -> None:
        self._note_version()
        if self.server.failures:
            self.server.failures -= 1
            self._answer(503, 0)
        elif self.headers["If-Match"] != self.server.etag:
            self._answer(412, 0)
        elif self.server.refusal:
            status, body = self.server.refusal
            self._answer(status, len(body))
            self.wfile.write(body)
        elif not self.server.knows_ranges:
            self.server.wholes += 1
            self._answer(200, len(self.server.content))
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(self.server.content)
        else:
            first, last = map(int, re.findall(r"\d+", self.headers["Range"]))
            self.server.ranges.append((first, last))
            body = self.server.content[first : last + 1]
            self._answer(206, len(body))
            self.wfile.write(body)

    def _note_version(self) -> None:
        self.server.versions |= set(re.findall(r"versionId=(\w+)", self.path))

    def _answer(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", self.server.etag)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = Bucket(os.urandom(100_000))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def noise(number: int, width: int, height: int) -> np.ndarray:
    coarse = np.random.default_rng(number).integers(0, 60, (height // 8, width // 8, 3), np.uint8)
    return numbered(number, width, height) // 2 + coarse.repeat(8, 0).repeat(8, 1)


def opened(bucket: Bucket, *, etag: str = '"first"', **sizes: int) -> S3Object:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{bucket.server_port}",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}, retries={"mode": "standard"}),
    )
    return S3Object(client, "bucket", "a video.mp4", "v1", etag=etag, **sizes)


def test_it_reads_as_the_same_bytes_in_a_file_would(bucket: Bucket) -> None:
    with opened(bucket, block_bytes=1000) as file:
        assert file.size == 100_000
        assert file.read(10) == bucket.content[:10]
        assert file.seek(-20, os.SEEK_END) == 99_980
        assert file.read(100) == bucket.content[-20:]
        assert file.read(100) == b""
        file.seek(950)
        assert file.read(3100) == bucket.content[950:4050]
        assert file.tell() == 4050
        assert file.seek(-50, os.SEEK_CUR) == 4000
        assert file.read() == bucket.content[4000:]
        with pytest.raises(OSError, match="before the start"):
            file.seek(-1)
    assert bucket.versions == {"v1"}


def test_what_was_read_lately_is_not_asked_for_again(bucket: Bucket) -> None:
    with opened(bucket, block_bytes=1000) as file:
        for _ in range(50):
            file.seek(5000)
            file.read(100)
            file.seek(80_000)
            file.read(100)
    assert sorted(bucket.ranges) == [(5000, 5999), (80_000, 80_999)]


def test_reading_on_fetches_ahead_and_never_beyond_the_end(bucket: Bucket) -> None:
    with opened(bucket, block_bytes=30_000) as file:
        while file.read(1000):
            pass
    assert bucket.ranges == [(0, 29_999), (30_000, 59_999), (60_000, 89_999), (90_000, 99_999)]


def test_memory_holds_a_few_blocks_only(bucket: Bucket) -> None:
    with opened(bucket, block_bytes=1000, blocks_kept=3) as file:
        assert file.read() == bucket.content
        assert len(file._blocks) <= 4


def test_an_object_replaced_while_it_is_read_is_noticed(bucket: Bucket) -> None:
    with opened(bucket, block_bytes=1000) as file:
        file.read(10)
        bucket.etag = '"second"'
        file.seek(50_000)
        with pytest.raises(VideoError, match=r"was replaced in S3 while it was being read\."):
            file.read(10)


def test_another_content_than_the_one_asked_for_is_not_opened(bucket: Bucket) -> None:
    with pytest.raises(VideoError, match=r"was replaced in S3 while it was being read\."):
        opened(bucket, etag='"zeroth"')


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (404, "NoSuchKey", r"The video is no longer in S3\."),
        (404, "NoSuchVersion", r"The video is no longer in S3\."),
        (405, "MethodNotAllowed", r"The video is no longer in S3\."),  # the version is a delete marker
        (403, "AccessDenied", r"may no longer be read in S3, or is no longer there"),
        (403, "InvalidObjectState", r"is archived in S3 \(DEEP_ARCHIVE\)\. Restore it"),
    ],
)
def test_what_s3_refuses_while_reading_is_said_in_a_line(
    bucket: Bucket, status: int, code: str, reason: str
) -> None:
    with opened(bucket, block_bytes=1000) as file:
        file.read(10)
        body = f"<Error><Code>{code}</Code><StorageClass>DEEP_ARCHIVE</StorageClass></Error>"
        bucket.refusal = status, body.encode()
        file.seek(50_000)
        with pytest.raises(VideoError, match=reason):
            file.read(10)


def test_a_server_that_ignores_ranges_gives_the_same_bytes(bucket: Bucket) -> None:
    bucket.knows_ranges = False
    with opened(bucket, block_bytes=30_000) as file:
        file.seek(61_000)
        assert file.read(500) == bucket.content[61_000:61_500]
        file.seek(0)
        assert file.read() == bucket.content
    assert bucket.versions == {"v1"}


def test_reading_on_asks_a_server_that_ignores_ranges_only_once(bucket: Bucket) -> None:
    bucket.knows_ranges = False
    with opened(bucket, block_bytes=1000) as file:
        while file.read(300):
            pass
        assert bucket.wholes == 1
        file.seek(50_000)
        assert file.read(10) == bucket.content[50_000:50_010]
        assert bucket.wholes == 2


def test_memory_holds_no_whole_object_though_the_server_sends_it(bucket: Bucket) -> None:
    bucket.knows_ranges = False
    bucket.content = bytes(40_000_000)
    with opened(bucket, block_bytes=100_000) as file:
        file.seek(-10, os.SEEK_END)
        tracemalloc.start()
        try:
            file.read(10)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 10_000_000


def test_a_stumble_of_s3_is_tried_again(bucket: Bucket) -> None:
    with opened(bucket) as file:
        bucket.failures = 1
        assert file.read(10) == bucket.content[:10]


def test_a_video_is_read_from_it_without_its_middle(bucket: Bucket, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 500, options={"g": "25"}, picture=noise)
    bucket.content = clip.read_bytes()
    with opened(bucket, block_bytes=4096) as file:
        assert read_metadata(cast(BinaryIO, file)).duration_millis == 20_000
        bucket.ranges.clear()
        frames = list(read_frames(cast(BinaryIO, file), 18_000, 19_000, 5))
        assert [frame.number for frame in frames] == [450, 455, 460, 465, 470]
    fetched = sum(last + 1 - first for first, last in bucket.ranges)
    assert fetched < 0.5 * len(bucket.content)
