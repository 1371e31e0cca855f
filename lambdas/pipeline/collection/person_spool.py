"""One person's records, taken in any order and read back by time.

Six hours of one person are 324,000 records; with faces some 300 MB as JSON. They are kept in a temporary
file, and only their times and boxes, 48 bytes a record, in memory.
"""

from __future__ import annotations

import math
import os
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic_core import to_json

from pipeline.path.points import Point

_IN_MEMORY_BYTES = 16 * 1024 * 1024
"""Size from which the file is on disk."""

_WRITTEN_AT_ONCE = 1000
"""Records written to the file in one go."""

_NO_BOX = (math.nan,) * 4
"""In place of the box of a record without one."""


class SpooledRecord(NamedTuple):
    """One record: its time in ms, its point (None where only a face was seen) and all of it as JSON."""

    millis: int
    point: Point | None
    json: bytes


class PersonSpool:
    """The records of the person `index`, `faces` of them with a face. Close it to free its file."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.faces = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - see `close`
        self._waiting: list[bytes] = []
        self._millis = array("q")
        self._boxes = array("d")
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._millis)

    def add(self, record: Mapping[str, Any]) -> None:
        """Take in a record of the contract: `{"Timestamp", "Person": {"Index", "BoundingBox"?, "Face"?}}`."""
        line = to_json(record)
        self._waiting.append(line)
        if len(self._waiting) == _WRITTEN_AT_ONCE:
            self._write()
        self._ends.append(self._ends[-1] + len(line))
        self._millis.append(record["Timestamp"])
        person = record["Person"]
        box = person.get("BoundingBox")
        self._boxes.extend((box["Left"], box["Top"], box["Width"], box["Height"]) if box else _NO_BOX)
        self.faces += "Face" in person

    def in_time(self) -> Iterator[SpooledRecord]:
        """The records by timestamp. None may be added while this goes on."""
        self._write()
        read = self._reader()
        for place in sorted(range(len(self._millis)), key=self._millis.__getitem__):
            begin, end = self._ends[place], self._ends[place + 1]
            millis = self._millis[place]
            left, top, width, height = self._boxes[4 * place : 4 * place + 4]
            point = None if math.isnan(left) else (millis, left, top, width, height)
            yield SpooledRecord(millis, point, read(begin, end))

    def _write(self) -> None:
        self._file.write(b"".join(self._waiting))
        self._waiting.clear()

    def _reader(self) -> Callable[[int, int], bytes]:
        """Gives the bytes from one place to another of all that was written."""
        if self._ends[-1] <= _IN_MEMORY_BYTES:
            self._file.seek(0)
            content = self._file.read()
            return lambda begin, end: content[begin:end]
        self._file.flush()
        file = self._file.fileno()
        return lambda begin, end: os.pread(file, end - begin, begin)

    def close(self) -> None:
        """Discard the records."""
        self._file.close()
