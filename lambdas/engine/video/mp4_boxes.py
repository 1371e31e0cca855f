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
_SOUND_SAMPLE = 64  # bytes: plain sound, whose samples the demuxer takes in runs


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
        max_samples: the most samples all tracks together may claim (constant-size samples of sound are not
            counted one by one).

    Raises:
        VideoError: no index (``moov``), or an absurd one.
    """
    size = file.seek(0, os.SEEK_END)
    cut_off = fragmented = found = False
    tables = _SampleTables(file, max_samples)
    for box in _children(file, 0, size):
        cut_off |= box.end > size
        if box.kind == b"moov" and not found:
            if box.end > size:
                break
            found = True
            fragmented = tables.check(box, 1)
        if found and fragmented:
            break  # thousands of fragments may follow: the demuxer finds its way
    if not found:
        raise VideoError("The video is truncated or damaged: it has no index (moov).")
    return Structure(cut_off=cut_off and not fragmented, fragmented=fragmented)


class _SampleTables:
    """The sample tables of a movie, held against one budget for all tracks."""

    def __init__(self, file: BinaryIO, max_samples: int) -> None:
        self._file = file
        self._max_samples = max_samples
        self._claimed = 0

    def check(self, parent: Box, depth: int, *, sound: bool = False) -> bool:
        """Walks the boxes that lead to sample tables; True if movie fragments are announced (``mvex``).

        `sound`: whether they are a track's whose handler says so.
        """
        fragmented = False
        for box in _children(self._file, parent.start, parent.end):
            if box.end > parent.end:
                raise VideoError("The video is damaged: its index is malformed.")
            if box.kind == b"mvex":
                fragmented = True
            elif box.kind == b"hdlr" and parent.kind == b"mdia":
                self._file.seek(box.start + 8)
                sound = self._file.read(4) == b"soun"
            elif box.kind in _PARENTS and depth < _MAX_DEPTH:
                fragmented |= self.check(box, depth + 1, sound=sound)
            elif box.kind == b"stsz":
                self._count(box, sound)
        return fragmented

    def _count(self, box: Box, sound: bool) -> None:
        self._file.seek(box.start)
        table = self._file.read(12)
        sample_size, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
        if sample_size == 0 and count * 4 > box.end - box.start - 12:
            raise VideoError("The video is damaged: its index is malformed.")
        if sound and 0 < sample_size <= _SOUND_SAMPLE:
            return
        self._claimed += count
        if self._claimed > self._max_samples:
            raise VideoError(f"The video claims {self._claimed} frames: more than can be processed.")


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
