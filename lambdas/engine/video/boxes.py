"""A look at an MP4's or MOV's boxes before the demuxer sees them: what is missing, cut off or absurd.

The demuxer allocates what the sample tables claim and says only "invalid data" when the index is missing;
reading the few box headers first bounds the one and words the other. Layout: ISO/IEC 14496-12.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engine.video.errors import VideoError

_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_MAX_BOXES = 100_000
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int  # of the payload, in bytes from the file's start
    end: int  # as claimed; may lie beyond the file


@dataclass(frozen=True, slots=True)
class Structure:
    """What the boxes say: whether the media is cut off by the end of the file, and in fragments or not."""

    cut_off: bool
    fragmented: bool


def inspect(file: BinaryIO, max_samples: int) -> Structure:
    """Reads the box headers of an MP4 or MOV.

    Args:
        file: seekable; its position afterwards is undefined.
        max_samples: the most samples a track may claim (constant-size audio samples are not counted one by
            one).

    Raises:
        VideoError: no index (``moov``), or an absurd one.
    """
    size = file.seek(0, os.SEEK_END)
    cut_off = fragmented = found = False
    for box in _children(file, 0, size):
        cut_off |= box.end > size
        if box.kind == b"moov" and not found:
            if box.end > size:
                break
            found = True
            fragmented = _check_tables(file, box, max_samples, 1)
        if found and fragmented:
            break  # thousands of fragments may follow: the demuxer finds its way
    if not found:
        raise VideoError("The video is truncated or damaged: it has no index (moov).")
    return Structure(cut_off=cut_off and not fragmented, fragmented=fragmented)


def _check_tables(file: BinaryIO, parent: Box, max_samples: int, depth: int) -> bool:
    """Walks the boxes that lead to sample tables; True if movie fragments are announced (``mvex``)."""
    fragmented = False
    for box in _children(file, parent.start, parent.end):
        if box.end > parent.end:
            raise VideoError("The video is damaged: its index is malformed.")
        if box.kind == b"mvex":
            fragmented = True
        elif box.kind in _PARENTS and depth < _MAX_DEPTH:
            fragmented |= _check_tables(file, box, max_samples, depth + 1)
        elif box.kind == b"stsz":
            file.seek(box.start)
            table = file.read(12)
            sample_size, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
            claimed = box.end - box.start - 12
            if sample_size == 0 and count * 4 > claimed:
                raise VideoError("The video is damaged: its index is malformed.")
            if count > max_samples and not 0 < sample_size <= 64:
                raise VideoError(f"The video claims {count} frames: more than can be processed.")
    return fragmented


def _children(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        header = file.read(16)
        length, kind, header_bytes = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, header_bytes = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = end - start
        if length < header_bytes:
            return
        yield Box(kind, start + header_bytes, start + length)
        start += length
    raise VideoError("The video is damaged: its index is malformed.")
