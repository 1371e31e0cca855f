"""A look at an MP4's or MOV's boxes before the demuxer sees them: what is missing, encrypted or absurd.

The demuxer allocates what the sample tables claim, says only "invalid data" when the index is missing and
hands on encrypted samples as if they were clear; reading the few box headers first bounds the one and words
the others. Layout: ISO/IEC 14496-12; encryption: ISO/IEC 23001-7.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

from engine.messages import video as messages
from engine.video.containers import mp4_clocks
from engine.video.containers.mp4_clocks import Clocks
from engine.video.errors import VideoError

_PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"edts"}
_MAX_BOXES = 100_000
_MAX_DEPTH = 8
_MAX_ENTRIES = 64

_SOUND_SAMPLE = 64
"""Bytes of plain sound, whose samples the demuxer takes in runs."""

_VISUAL_ENTRY = 78
"""Bytes of a visual sample entry before the boxes in it."""

_PIFF_SENC = bytes.fromhex("a2394f525a9b4f14a2446c427c648df4")
"""The ``uuid`` of Microsoft's older form of ``senc``."""


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    start: int  # of the payload, in bytes from the file's start
    end: int  # as claimed; may lie beyond the file


@dataclass(frozen=True, slots=True)
class Structure:
    """What the boxes say.

    Attributes:
        cut_off: whether a box at the top goes on beyond the end of the file.
        fragmented: whether the media is in movie fragments.
        claimed: how long all fragments are, in s, where an index of them (``mehd``, ``sidx``) says so.
        clocks: what the index says about time; None where the container is another one.
        indexed: whether there is an index.
    """

    cut_off: bool
    fragmented: bool
    claimed: Fraction | None = None
    clocks: Clocks | None = None
    indexed: bool = True


def inspect(file: BinaryIO, max_samples: int) -> Structure:
    """Reads the box headers of an MP4 or MOV.

    Args:
        file: seekable; its position afterwards is undefined.
        max_samples: the most samples all tracks together may claim (constant-size samples of sound are not
            counted one by one).

    Raises:
        VideoError: no index (``moov``), an absurd one, or a video track that is encrypted.
    """
    size = file.seek(0, os.SEEK_END)
    movie: _Movie | None = None
    cut_off = False
    listed = Fraction(0)
    for box in _children(file, 0, size):
        cut_off |= box.end > size
        if box.kind == b"moov" and movie is None:
            if box.end > size:
                break
            movie = _Movie(file, max_samples)
            movie.read(box)
        elif box.kind == b"sidx" and not listed and box.end <= size:
            listed = _subsegments(file, box)
        elif box.kind == b"moof" and movie is not None and movie.fragmented:
            movie.refuse_encrypted_fragment(box, size)
            break  # thousands of fragments may follow: the demuxer finds its way
    if movie is None:
        raise VideoError(messages.NO_INDEX)
    stated = movie.clocks.fragments_stated or Fraction(0)
    claimed = max(stated, listed) if movie.fragmented else Fraction(0)
    return Structure(cut_off, movie.fragmented, claimed or None, movie.clocks)


def end_of_whole_fragments(file: BinaryIO) -> int | None:
    """The byte at which a fragment's header begins that the file ends within; None where it ends otherwise.

    Reads the header of every fragment.
    """
    size = file.seek(0, os.SEEK_END)
    start = 0
    for box in _children(file, 0, size):
        if box.kind == b"moof" and box.end > size:
            return start
        start = box.end
    return None


def has_whole_fragment(file: BinaryIO) -> bool:
    """Whether the header of a movie fragment (``moof``) is in the file to its end."""
    size = file.seek(0, os.SEEK_END)
    return any(box.kind == b"moof" and box.end <= size for box in _children(file, 0, size))


class _Movie:
    """What a ``moov`` says."""

    def __init__(self, file: BinaryIO, max_samples: int) -> None:
        self.fragmented = False
        self.clocks = Clocks()
        self._file = file
        self._max_samples = max_samples
        self._samples = 0

    def read(self, movie: Box) -> None:
        """Walks the boxes that matter. Raises VideoError."""
        self._read(movie, 1, b"")

    def refuse_encrypted_fragment(self, fragment: Box, size: int) -> None:
        """Raises VideoError where the fragment's samples come with what a decrypter needs (``senc``)."""
        for track in _children(self._file, fragment.start, min(fragment.end, size)):
            if track.kind == b"traf":
                for box in _children(self._file, track.start, min(track.end, size)):
                    self._refuse_encrypted_samples(box)

    def _read(self, parent: Box, depth: int, handler: bytes) -> None:
        """`handler`: of the track whose boxes these are, e.g. ``vide``."""
        for box in _children(self._file, parent.start, parent.end):
            if box.end > parent.end:
                if parent.kind == b"edts":
                    return  # players ignore an edit list that they cannot read
                raise VideoError(messages.MALFORMED_INDEX)
            if box.kind == b"trak":
                self.clocks.begin_track()
            if box.kind == b"hdlr" and parent.kind == b"mdia":
                handler = self._bytes(box, 12)[8:12]
                self.clocks.handled_by(handler)
            elif box.kind in _PARENTS and depth < _MAX_DEPTH:
                self.fragmented |= box.kind == b"mvex"
                self._read(box, depth + 1, handler)
            elif box.kind == b"stsz":
                self._count(box, handler == b"soun")
            elif box.kind == b"stsd" and handler == b"vide":
                self._refuse_encrypted_entries(box)
            elif box.kind in mp4_clocks.BOXES:
                length = mp4_clocks.payload_bytes(box.start, box.end)
                self.clocks.read(box.kind, self._bytes(box, length))
            elif handler == b"vide":
                self._refuse_encrypted_samples(box)

    def _count(self, box: Box, sound: bool) -> None:
        table = self._bytes(box, 12)
        sample_size, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
        if sample_size == 0 and count * 4 > box.end - box.start - 12:
            raise VideoError(messages.MALFORMED_INDEX)
        self.clocks.lists(count)
        if sound and 0 < sample_size <= _SOUND_SAMPLE:
            return
        self._samples += count
        if self._samples > self._max_samples:
            raise VideoError(messages.too_many_frames(self._samples, self._max_samples))

    def _refuse_encrypted_entries(self, descriptions: Box) -> None:
        """Raises VideoError where a track's sample entries are those of an encrypted one."""
        for number, entry in enumerate(_children(self._file, descriptions.start + 8, descriptions.end)):
            if number == _MAX_ENTRIES:
                return
            scheme = self._scheme(entry)
            if entry.kind == b"drmi":
                raise VideoError(messages.encrypted("FairPlay"))
            if entry.kind == b"encv" or scheme:
                raise VideoError(messages.encrypted(scheme or "encv"))

    def _scheme(self, entry: Box) -> str:
        """How samples of the entry are protected: the four letters of ``sinf/schm``, or ``""``."""
        for protection in _children(self._file, entry.start + _VISUAL_ENTRY, entry.end):
            if protection.kind == b"sinf":
                for box in _children(self._file, protection.start, protection.end):
                    if box.kind == b"schm":
                        return _letters(self._bytes(box, 8)[4:8])
        return ""

    def _refuse_encrypted_samples(self, box: Box) -> None:
        if box.kind == b"senc" or (box.kind == b"uuid" and self._bytes(box, 16) == _PIFF_SENC):
            raise VideoError(messages.encrypted("senc"))

    def _bytes(self, box: Box, count: int) -> bytes:
        self._file.seek(box.start)
        return self._file.read(min(count, max(0, box.end - box.start)))


def _subsegments(file: BinaryIO, index: Box) -> Fraction:
    """How long the fragments that a ``sidx`` lists are, in s."""
    file.seek(index.start)
    table = file.read(min(index.end - index.start, 32 + 12 * 65_535))
    clock = int.from_bytes(table[8:12], "big")
    first = 32 if table[:1] == b"\1" else 24
    count = int.from_bytes(table[first - 2 : first], "big")
    units = sum(int.from_bytes(table[at + 4 : at + 8], "big") for at in range(first, first + 12 * count, 12))
    return Fraction(units, clock) if clock else Fraction(0)


def _letters(code: bytes) -> str:
    """A four-character code, safe to print."""
    return "".join(chr(byte) if 32 < byte < 127 else "?" for byte in code)


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
    raise VideoError(messages.MALFORMED_INDEX)
