"""An S3 object as a seekable file, read by ranged GETs.

A video may be 10 GB and a Lambda's ``/tmp`` 512 MB, so nothing is ever downloaded whole: blocks are fetched
as the demuxer asks for them, kept while they are likely to be asked for again (a container's index,
interleaved chunks), and the block after the one being read is fetched meanwhile.
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from engine.video.errors import VideoError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

BLOCK_BYTES = 4 * 1024 * 1024
"""One GET: long enough that its latency is small beside its transfer, short enough to waste little at a
segment's end.
"""

BLOCKS_KEPT = 8


class S3Object(io.RawIOBase):
    """A read-only, seekable view of one version of one object.

    Every GET carries the ETag seen at opening (``If-Match``), so an object that is replaced while it is
    read raises `VideoError` instead of mixing two videos. Retries are botocore's.

    Args:
        client: an S3 client; used from two threads, as boto3 clients may be.
        bucket: the bucket's name.
        key: the object's key, decoded.
        version: the object's version id; the current one when None.

    Raises:
        botocore.exceptions.ClientError: the object is not there or may not be read.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        key: str,
        version: str | None = None,
        *,
        block_bytes: int = BLOCK_BYTES,
        blocks_kept: int = BLOCKS_KEPT,
    ) -> None:
        super().__init__()
        self._client = client
        self._where = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        head = client.head_object(**self._where)  # type: ignore[arg-type]
        self.size: int = head["ContentLength"]
        self._etag = head["ETag"]
        self._block_bytes = block_bytes
        self._blocks_kept = max(2, blocks_kept)
        self._blocks: OrderedDict[int, Future[bytes]] = OrderedDict()
        self._fetcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead")
        self._position = 0
        self._last_block = -2

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError("a seek before the start of the object")
        self._position = start + offset
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes from here; fewer at the end of the object only."""
        end = self.size if size < 0 else min(self.size, self._position + size)
        pieces = []
        while self._position < end:
            number, offset = divmod(self._position, self._block_bytes)
            piece = self._block(number)[offset : offset + end - self._position]
            pieces.append(piece)
            self._position += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._fetcher.shutdown(wait=True, cancel_futures=True)
            self._blocks.clear()
        super().close()

    def _block(self, number: int) -> bytes:
        ahead = number == self._last_block + 1
        self._last_block = number
        wanted = self._request(number)
        if ahead and (number + 1) * self._block_bytes < self.size:
            self._request(number + 1)
        while len(self._blocks) > self._blocks_kept:
            self._blocks.popitem(last=False)
        return wanted.result()

    def _request(self, number: int) -> Future[bytes]:
        known = self._blocks.get(number)
        if known is None or (known.done() and known.exception() is not None):
            known = self._blocks[number] = self._fetcher.submit(self._fetch, number)
        self._blocks.move_to_end(number)
        return known

    def _get(self, first: int, last: int) -> GetObjectOutputTypeDef:
        try:
            return self._client.get_object(
                **self._where,  # type: ignore[arg-type]
                Range=f"bytes={first}-{last}",
                IfMatch=self._etag,
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                raise VideoError("The video was replaced in S3 while it was being read.") from error
            raise

    def _fetch(self, number: int) -> bytes:
        first = number * self._block_bytes
        last = min(self.size, first + self._block_bytes) - 1
        answer = self._get(first, last)
        whole = answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        if whole and "VersionId" in self._where:
            # The embedded AWS sends the whole of an object whose version is named. Without the name it does
            # as AWS does, and the ETag still vouches for the version.
            del self._where["VersionId"]
            answer["Body"].close()
            answer = self._get(first, last)
        body = answer["Body"].read()
        if len(body) != last + 1 - first:
            raise OSError(f"S3 answered {len(body)} bytes for a range of {last + 1 - first}")
        return body
