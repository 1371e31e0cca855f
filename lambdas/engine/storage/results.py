"""A job's records in S3, written once in each sort order and read by the page.

An order is two objects: `<ORDER>.jsonl.gz`, one gzip member for every 1,000 records (a record a line), and
`<ORDER>.index`, the byte at which each member begins and the one after the last (little-endian uint64). A
page lies in at most two members, so it costs one ranged GET of either object wherever it is, and the pages
after it one of the first alone: offsets are kept.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from shared.streamed_object import StreamedObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MEMBER_RECORDS = 1000
"""Records in one gzip member: a page of the contract's largest size lies in at most two."""

_OFFSETS_READ = 1000
"""Offsets read at once, 8 KB."""

_OFFSET = struct.Struct("<Q")
"""A member's first byte in the index."""


class Results:
    """The records of one job, which do not change once a page has been read."""

    def __init__(self, client: S3Client, bucket: str, job_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"jobs/{job_id}/results/"
        self._known: dict[str, tuple[int, bytes]] = {}

    def write(self, order: str, lines: Iterable[bytes]) -> int:
        """Store records, each a JSON object in bytes without a newline; returns how many there were.

        Streams: memory holds one member and one part of the upload. Equal records give equal bytes.
        """
        count = 0
        offsets = [0]
        with StreamedObject(self._client, self._bucket, self._key(order, "jsonl.gz")) as upload:
            for batch in _batches(lines):
                member = gzip.compress(b"\n".join([*batch, b""]), compresslevel=5, mtime=0)
                upload.write(member)
                offsets.append(offsets[-1] + len(member))
                count += len(batch)
        index = b"".join(map(_OFFSET.pack, offsets))
        self._client.put_object(Bucket=self._bucket, Key=self._key(order, "index"), Body=index)
        return count

    def page(self, order: str, start: int, count: int) -> list[dict[str, Any]]:
        """Records `start` … `start + count - 1` of an order; `count` ≥ 1, and all of them must exist."""
        first = start // MEMBER_RECORDS
        last = (start + count - 1) // MEMBER_RECORDS
        begin, end = self._bounds(order, first, last)
        members = self._get(order, "jsonl.gz", begin, end - 1)
        return _records(members, start - first * MEMBER_RECORDS, count)

    def _bounds(self, order: str, first: int, last: int) -> tuple[int, int]:
        """The bytes at which member `first` begins and member `last` ends."""
        known_from, offsets = self._known.get(order, (0, b""))
        if first < known_from or (last + 2 - known_from) * _OFFSET.size > len(offsets):
            # Those of the next pages too, which the same reader asks for next.
            known_from = first
            offsets = self._get(
                order, "index", first * _OFFSET.size, (first + _OFFSETS_READ) * _OFFSET.size - 1
            )
            self._known[order] = known_from, offsets
        begin = _OFFSET.unpack_from(offsets, (first - known_from) * _OFFSET.size)[0]
        end = _OFFSET.unpack_from(offsets, (last + 1 - known_from) * _OFFSET.size)[0]
        return int(begin), int(end)

    def _get(self, order: str, kind: str, first_byte: int, last_byte: int) -> bytes:
        answer = self._client.get_object(
            Bucket=self._bucket, Key=self._key(order, kind), Range=f"bytes={first_byte}-{last_byte}"
        )
        return answer["Body"].read()

    def _key(self, order: str, kind: str) -> str:
        return f"{self._prefix}{order}.{kind}"


def _records(members: bytes, skip: int, count: int) -> list[dict[str, Any]]:
    """The wanted records out of one gzip member or two neighbouring ones."""
    lines = gzip.decompress(members).splitlines()[skip : skip + count]
    found: list[dict[str, Any]] = from_json(b"[%b]" % b",".join(lines))
    return found


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while batch := list(islice(rest, MEMBER_RECORDS)):
        yield batch
