"""A look at an AVI's chunks before the demuxer sees them: what is missing.

Layout: Microsoft's AVI RIFF File Reference; indexes of indexes: OpenDML AVI File Format Extensions 1.02.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from engine.video.containers.mp4_boxes import Structure

_MAX_CHUNKS = 10_000
_NEVER_WRITTEN = (0, 0xFFFFFFFF)


def inspect(file: BinaryIO) -> Structure:
    """Reads the chunk headers of an AVI. `file`: seekable; its position afterwards is undefined."""
    size = file.seek(0, os.SEEK_END)
    return Structure(cut_off=_cut_off(file, size), fragmented=False, indexed=_has_index(file, size))


def _cut_off(file: BinaryIO, size: int) -> bool:
    """Whether a RIFF chunk goes on beyond the end of the file; a size that was never written says nothing."""
    start = 0
    while start + 8 <= size:
        file.seek(start)
        header = file.read(8)
        length = int.from_bytes(header[4:], "little")
        if header[:4] != b"RIFF" or length in _NEVER_WRITTEN:
            return False
        start += 8 + length + length % 2
    return start > size + 1


def _has_index(file: BinaryIO, size: int) -> bool:
    """Whether there is a whole ``idx1``, or a stream header with an ``indx`` that lists something."""
    for kind, start, end in _chunks(file, 12, size):
        if kind == b"idx1" and start < end <= size:
            return True
        if kind == b"hdrl" and any(
            _lists_something(file, *chunk)
            for header, first, last in _chunks(file, start, end)
            if header == b"strl"
            for chunk in _chunks(file, first, last)
        ):
            return True
    return False


def _lists_something(file: BinaryIO, kind: bytes, start: int, end: int) -> bool:
    """Whether a chunk is an index with entries in use."""
    if kind != b"indx" or end - start < 8:
        return False
    file.seek(start + 4)
    return any(file.read(4))


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the contents of each chunk; a list counts as what it is a list of."""
    for _ in range(_MAX_CHUNKS):
        if start + 8 > end:
            return
        file.seek(start)
        header = file.read(12)
        length = int.from_bytes(header[4:8], "little")
        listed = header[:4] == b"LIST"
        yield header[8:12] if listed else header[:4], start + (12 if listed else 8), start + 8 + length
        start += 8 + length + length % 2
