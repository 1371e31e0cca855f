"""Ranges out of an answer that holds the whole object.

A server may ignore a range and send everything; the embedded AWS does where a version is named.
"""

from __future__ import annotations

from botocore.response import StreamingBody

_SKIPPED_AT_ONCE = 1024 * 1024


class WholeBody:
    """An answer that is read as far as it is asked for, of which no more than one range is in memory.

    It goes forward only: reading on needs no second answer, going back does.
    """

    def __init__(self, body: StreamingBody) -> None:
        self._body = body
        self._position = 0

    def is_past(self, first: int) -> bool:
        """Whether the byte `first` has been read already."""
        return first < self._position

    def read(self, first: int, length: int) -> bytes:
        """`length` bytes from `first`; fewer where the answer ends before."""
        while self._position < first:
            skipped = len(self._body.read(min(first - self._position, _SKIPPED_AT_ONCE)))
            if not skipped:
                return b""
            self._position += skipped
        piece = self._body.read(length)
        self._position += len(piece)
        return piece

    def close(self) -> None:
        self._body.close()
