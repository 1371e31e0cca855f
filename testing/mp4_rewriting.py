"""MP4 and MOV files of tests with some of their boxes written anew: wrong clocks, edit lists, lengths.

The index (``moov``) of files whose boxes change in size must lie behind their media, as writers leave it.
"""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Sequence
from pathlib import Path

EMPTY = -1
"""The start of an edit that shows nothing."""


def set_timescale(content: bytes, units: int) -> bytes:
    """Writes another clock over that of the pictures: units a second of their media (``mdhd``)."""
    changed = bytearray(content)
    header = next(
        found.end()
        for found in re.finditer(b"mdhd", content)
        if content[content.index(b"hdlr", found.end()) + 12 :].startswith(b"vide")
    )
    struct.pack_into(">I", changed, header + 12, units)
    return bytes(changed)


def set_durations(
    content: bytes, *, movie: int | None = None, tracks: int | None = None, media: int | None = None
) -> bytes:
    """Writes other durations, in units, into the headers of the movie, of all tracks, of all media."""
    changed = bytearray(content)
    for kind, place, units in ((b"mvhd", 16, movie), (b"tkhd", 20, tracks), (b"mdhd", 16, media)):
        if units is not None:
            for found in re.finditer(kind, content):
                struct.pack_into(">I", changed, found.end() + place, units)
    return bytes(changed)


def without(content: bytes, kind: bytes) -> bytes:
    """The file with all boxes of a kind made free space."""
    return content.replace(kind, b"free")


def with_edits(content: bytes, edits: Sequence[tuple[int, int, int]]) -> bytes:
    """The file with another edit list for its first track.

    Args:
        edits: length in ms (for movies that count in these), start in units of the media or `EMPTY`, and
            media rate (0 holds a picture).
    """
    entries = b"".join(struct.pack(">IihH", length, start, rate, 0) for length, start, rate in edits)
    table = _box(b"edts", _box(b"elst", struct.pack(">II", 0, len(edits)) + entries))
    header = content.index(b"tkhd") - 4
    old = content.index(b"edts") - 4 if b"edts" in content else _end(content, header)
    changed = _replaced(content, old, table, [b"trak", b"moov"], keeps=b"edts" not in content)
    total = sum(length for length, _, _ in edits)
    return set_durations(changed, movie=total, tracks=total)


def with_last_delta(content: bytes, units: int) -> bytes:
    """The file with another duration for the last sample of its first track, in its header too."""
    table = content.index(b"stts") - 4
    (runs,) = struct.unpack_from(">I", content, table + 12)
    entries = [struct.unpack_from(">II", content, table + 16 + 8 * run) for run in range(runs)]
    last, delta = entries.pop()
    entries += [(last - 1, delta)] * (last > 1) + [(1, units)]
    total = sum(count * length for count, length in entries)
    packed = b"".join(struct.pack(">II", *entry) for entry in entries)
    box = _box(b"stts", struct.pack(">II", 0, len(entries)) + packed)
    changed = _replaced(content, table, box, [b"stbl", b"minf", b"mdia", b"trak", b"moov"])
    return set_durations(changed, media=min(total, 2**32 - 2))


def _replaced(content: bytes, at: int, box: bytes, within: list[bytes], *, keeps: bool = False) -> bytes:
    """`box` in place of the box at `at`, or before it where that is kept; `within`: from the inside out."""
    rest = at if keeps else _end(content, at)
    growth = len(box) - (rest - at)
    changed = bytearray(content[:at] + box + content[rest:])
    for kind in within:
        start = content.rindex(kind, 0, at) - 4
        (length,) = struct.unpack_from(">I", content, start)
        struct.pack_into(">I", changed, start, length + growth)
    return bytes(changed)


def overwrite_media(path: Path, start: float, end: float) -> None:
    """Overwrites a part of a file's media (``mdat``), from ratio to ratio, with noise."""
    content = bytearray(path.read_bytes())
    first = content.index(b"mdat") + 4
    (length,) = struct.unpack_from(">I", content, first - 8)
    at, until = first + int(start * (length - 8)), first + int(end * (length - 8))
    content[at:until] = random.Random(0).randbytes(until - at)  # noqa: S311 - always the same noise
    path.write_bytes(content)


def _end(content: bytes, start: int) -> int:
    return int(start + struct.unpack_from(">I", content, start)[0])


def _box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def rewritten(path: Path, content: bytes) -> Path:
    """Writes `content` beside the clip, under a name of its own."""
    changed = path.with_name(f"changed-{path.name}")
    changed.write_bytes(content)
    return changed
