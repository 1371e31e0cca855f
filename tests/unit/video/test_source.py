"""An S3 object as a file, against a real HTTP server that answers as S3 does."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import numpy as np
import pytest
from botocore.config import Config

from engine.video.errors import VideoError
from engine.video.frames import read_frames
from engine.video.metadata import read_metadata
from engine.video.s3_file import S3Object
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


class _Answers(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._note_version()
        self._answer(200, len(self.server.content))

    def do_GET(self) -> None:
        self._note_version()
        if self.server.failures:
            self.server.failures -= 1
            self._answer(503, 0)
        elif self.headers["If-Match"] != self.server.etag:
            self._answer(412, 0)
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


def opened(bucket: Bucket, **sizes: int) -> S3Object:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{bucket.server_port}",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}, retries={"mode": "standard"}),
    )
    return S3Object(client, "bucket", "a video.mp4", "v1", **sizes)


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


def test_a_stumble_of_s3_is_tried_again(bucket: Bucket) -> None:
    with opened(bucket) as file:
        bucket.failures = 1
        assert file.read(10) == bucket.content[:10]


def test_a_video_is_read_from_it_without_its_middle(bucket: Bucket, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 500, options={"g": "25"}, picture=noise)
    bucket.content = clip.read_bytes()
    with opened(bucket, block_bytes=4096) as file:
        assert read_metadata(file).duration_millis == 20_000
        bucket.ranges.clear()
        frames = list(read_frames(file, 18_000, 19_000, 5))
        assert [frame.number for frame in frames] == [450, 455, 460, 465, 470]
    fetched = sum(last + 1 - first for first, last in bucket.ranges)
    assert fetched < 0.5 * len(bucket.content)
