"""Reads a GetPersonTracking document record by record, however long it is.

A document is a JSON object with `Persons` and `VideoMetadata`, or several one after another: the pages of one
job, as JSON lines or not.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, TextIO

from pipeline.path.points import Box
from tools.errors import ToolError
from tools.inert import inert
from tools.messages import documents as messages
from tools.messages import files

_CHUNK = 1 << 20
"""Characters read at a time."""

_LONGEST_VALUE = 16 << 20
"""Characters of one record or of one other member; a longer one is of no GetPersonTracking document."""

_AFTER_VALUE = tuple(",]}: \t\r\n{[")
"""What can follow a value, or the next document after one."""

_NO_BOX = float("nan")


class Records:
    """One person's records, in columns: 40 bytes each."""

    def __init__(self) -> None:
        self._columns = [array("d") for _ in range(5)]

    def append(self, time: int, box: Box | None) -> None:
        for column, value in zip(self._columns, (time, *(box or [_NO_BOX] * 4)), strict=True):
            column.append(value)

    def __iter__(self) -> Iterator[tuple[int, Box | None]]:
        for time, left, top, width, height in zip(*self._columns, strict=True):
            yield int(time), (left, top, width, height) if left == left else None


@dataclass
class TrackDocument:
    """What a document holds.

    Attributes:
        persons: records by Index.
        metadata: its VideoMetadata.
        unfinished: its last page has a NextToken: there are more pages.
    """

    persons: dict[int, Records] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    unfinished: bool = False

    @property
    def records(self) -> int:
        return sum(len(records._columns[0]) for records in self.persons.values())


def read_document(path: Path) -> TrackDocument:
    """The document in a file. Raises ToolError, a line that says what is wrong with it."""
    document = TrackDocument()
    name = inert(str(path))
    try:
        with path.open(encoding="utf-8-sig") as file:
            reader = _Reader(file)
            if reader.peek() == "":
                raise ToolError(messages.empty(name))
            while reader.peek():
                _read_page(reader, document, name)
    except FileNotFoundError as error:
        raise ToolError(files.missing(name)) from error
    except UnicodeDecodeError as error:
        raise ToolError(files.not_utf8(name)) from error
    except json.JSONDecodeError as error:
        raise ToolError(messages.not_json(name, error.msg, reader.line)) from error
    except RecursionError as error:
        raise ToolError(messages.too_deep(name)) from error
    return document


class _Reader:
    """JSON values one after another from a file."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._lines_before = 0

    @property
    def line(self) -> int:
        """The line of the next character, from 1."""
        return self._lines_before + self._text.count("\n", 0, self._at) + 1

    def peek(self) -> str:
        """The next character that is no white space; nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> str:
        """Pass over the next character, which is one of those expected. Raises JSONDecodeError."""
        found = self.peek()
        if not found or found not in expected:
            raise json.JSONDecodeError(f"expected {' or '.join(expected)}", self._text, self._at)
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value. Raises JSONDecodeError."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if len(self._text) - self._at > _LONGEST_VALUE or not self._more():
                    raise
                continue
            # A number may go on in the next chunk, even where what is here of it is a number already.
            if self._text[end : end + 1] in _AFTER_VALUE or not self._more():
                self._at = end
                return value

    def _more(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._lines_before += self._text.count("\n", 0, self._at)
        self._text = self._text[self._at :] + chunk
        self._at = 0
        return bool(chunk)


def _read_page(reader: _Reader, document: TrackDocument, name: str) -> None:
    """Read one JSON object: a whole document or one of its pages."""
    if reader.peek() != "{":
        reader.value()
        raise ToolError(messages.no_object(name))
    members: dict[str, Any] = {}
    persons = False
    reader.take("{")
    if reader.peek() != "}":
        separator = ","
        while separator == ",":
            if reader.peek() != '"':
                reader.take('"')
            member = reader.value()
            reader.take(":")
            if member == "Persons":
                persons = True
                _read_persons(reader, document, name)
            else:
                members[member] = reader.value()
            separator = reader.take(",}")
    else:
        reader.take("}")
    _take_in(members, persons, document, name)


def _take_in(members: dict[str, Any], persons: bool, document: TrackDocument, name: str) -> None:
    status = members.get("JobStatus", "SUCCEEDED")
    if status != "SUCCEEDED":
        why = f": {members['StatusMessage']}" if members.get("StatusMessage") else ""
        raise ToolError(messages.unfinished(name, status, why))
    if not persons:
        raise ToolError(messages.no_persons(name))
    metadata = members.get("VideoMetadata")
    if isinstance(metadata, dict):
        document.metadata = metadata
    document.unfinished = bool(members.get("NextToken"))


def _read_persons(reader: _Reader, document: TrackDocument, name: str) -> None:
    if reader.peek() != "[":
        raise ToolError(messages.persons_no_array(name))
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
        return
    number = document.records
    separator = ","
    while separator == ",":
        record = reader.value()
        try:
            index, time, box = _record(record)
        except (TypeError, KeyError, ValueError) as error:
            raise ToolError(messages.faulty_record(name, number, _fault(error))) from error
        document.persons.setdefault(index, Records()).append(time, box)
        number += 1
        separator = reader.take(",]")


def _record(record: dict[str, Any]) -> tuple[int, int, Box | None]:
    """Index, Timestamp and box of a record. Raises TypeError, KeyError or ValueError."""
    person = record["Person"]
    index, time, box = person["Index"], record["Timestamp"], person.get("BoundingBox")
    if type(index) is not int or type(time) is not int or index < 0 or not 0 <= time < 1 << 53:
        raise ValueError(messages.NOT_WHOLE_NUMBERS)
    if box is None:
        return index, time, None
    left, top = float(box["Left"]), float(box["Top"])
    width, height = float(box["Width"]), float(box["Height"])
    if not (isfinite(left + top + width + height) and width >= 0 and height >= 0):
        raise ValueError(messages.NO_BOX)
    return index, time, (left, top, width, height)


def _fault(error: Exception) -> str:
    if isinstance(error, KeyError):
        return messages.lacks(error.args[0])
    return str(error) if str(error).startswith("has ") else messages.NO_RECORD
