"""An S3 object as a seekable file, read by ranged GETs.

A video may be 10 GB and a Lambda's ``/tmp`` 512 MB, so nothing is ever downloaded whole: blocks are fetched
as the demuxer asks for them, kept while they are likely to be asked for again (a container's index,
interleaved chunks), and the block after the one being read is fetched meanwhile.
"""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from engine.messages import s3 as messages
from engine.video.errors import VideoError
from engine.video.source.readable import head_object, why_unreadable
from engine.video.source.whole_body import WholeBody

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK_BYTES = 4 * 1024 * 1024
"""One GET: long enough that its latency is small beside its transfer, short enough to waste little at a
segment's end.
"""

BLOCKS_KEPT = 8

_REASONS = {
    **dict.fromkeys(("NoSuchKey", "NoSuchVersion", "NoSuchBucket"), messages.GONE),
    **dict.fromkeys(("MethodNotAllowed", "404", "405"), messages.GONE),
    **dict.fromkeys(("PreconditionFailed", "412"), messages.REPLACED),
    **dict.fromkeys(("AccessDenied", "403"), messages.CLOSED),
}
"""A GET's error has a name; a HEAD's only its status."""


class S3Object(io.RawIOBase):
    """A read-only, seekable view of one content of one object.

    Every request carries the content's ETag (``If-Match``), so that nothing else is ever read. Retries are
    botocore's.

    Args:
        client: an S3 client; used from two threads, as boto3 clients may be.
        bucket: the bucket's name.
        key: the object's key, decoded.
        version: the object's version id; the current one when None.
        etag: of the content, as S3 gave it.

    Raises:
        VideoError: on opening or reading, when the object has another content, is gone, or is stored in a
            way that it cannot be read from.
        botocore.exceptions.ClientError: S3 refuses for any other reason.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        key: str,
        version: str | None = None,
        *,
        etag: str,
        block_bytes: int = BLOCK_BYTES,
        blocks_kept: int = BLOCKS_KEPT,
    ) -> None:
        super().__init__()
        self._client = client
        self._content: dict[str, Any] = {"Bucket": bucket, "Key": key, "IfMatch": etag}
        if version is not None:
            self._content["VersionId"] = version
        with _reasons_given():
            self.size: int = head_object(client, **self._content)["ContentLength"]
        self._block_bytes = block_bytes
        self._blocks_kept = max(2, blocks_kept)
        self._blocks: OrderedDict[int, Future[bytes]] = OrderedDict()
        # Touched by the fetcher's only thread.
        self._whole: WholeBody | None = None
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
            self._drop_whole()
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

    def _fetch(self, number: int) -> bytes:
        first = number * self._block_bytes
        length = min(self.size - first, self._block_bytes)
        try:
            piece = self._read(first, length)
        except Exception:
            self._drop_whole()
            raise
        if len(piece) != length:
            raise OSError(f"S3 answered {len(piece)} bytes for a range of {length}")
        return piece

    def _read(self, first: int, length: int) -> bytes:
        if self._whole is None or self._whole.is_past(first):
            self._drop_whole()
            with _reasons_given():
                answer = self._client.get_object(**self._content, Range=f"bytes={first}-{first + length - 1}")
            if answer["ResponseMetadata"]["HTTPStatusCode"] != 200:
                return answer["Body"].read()
            self._whole = WholeBody(answer["Body"])
        return self._whole.read(first, length)

    def _drop_whole(self) -> None:
        if self._whole is not None:
            self._whole.close()
            self._whole = None


@contextmanager
def _reasons_given() -> Iterator[None]:
    """Turns S3's refusals that are about the object into lines for its owner."""
    try:
        yield
    except ClientError as error:
        reason = why_unreadable(error) or _REASONS.get(error.response["Error"]["Code"])
        if reason is None:
            raise
        raise VideoError(reason) from error
