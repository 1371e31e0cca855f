"""A video's records, read back from `detections.jsonl.gz`."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import IO, Any, cast

from pipeline import messages
from pipeline.errors import OutOfTimeError
from pipeline.path.points import Box
from pipeline.runtime.deadline import Deadline
from pipeline.storage.tracks_folder import DETECTIONS, TracksFolder

Record = tuple[int, Box | None]
"""Ms since the start of the video, and the box; None where only a face was seen."""

Row = tuple[int, Record]
"""Index, and a record of that person."""

_PIECE = 1 << 18
"""Bytes decompressed and read at a time."""

_NUMBER = r"(-?[0-9][0-9.eE+-]*)"
_USUAL = re.compile(
    r'^\{"VideoId":"[0-9a-f]{32}","Timestamp":([0-9]+),"Person":\{"Index":([0-9]+),"BoundingBox":\{'
    r'"Width":' + _NUMBER + r',"Height":' + _NUMBER + r',"Left":' + _NUMBER + r',"Top":' + _NUMBER + r"\}",
    re.MULTILINE,
)
"""How the engine's records begin, in the order of boto3's models: read so, many at once, they take a
third of the time. Those of another service may have another order, and are read as any JSON.
"""


def persons_of(folder: TracksFolder, deadline: Deadline) -> Iterator[tuple[int, Iterator[Record]]]:
    """Each person with their records, by Index; a person's are to be read before the next is asked for.

    Raises `OutOfTimeError` when the deadline comes between two people.
    """
    for person in persons_in(cast(IO[bytes], folder.stream(DETECTIONS))):
        if deadline.has_come():
            raise OutOfTimeError(messages.OUT_OF_TIME)
        yield person


def persons_in(compressed: IO[bytes]) -> Iterator[tuple[int, Iterator[Record]]]:
    """The same of the file's bytes."""
    with gzip.GzipFile(fileobj=compressed) as file:
        for index, rows in groupby(_rows_of(file), key=itemgetter(0)):
            yield index, map(itemgetter(1), rows)


def _rows_of(file: gzip.GzipFile) -> Iterator[Row]:
    rest = b""
    while piece := file.read(_PIECE):
        whole, end, rest = (rest + piece).rpartition(b"\n")
        yield from rows_of(whole + end)
    if rest:
        yield row_of(rest)


def rows_of(lines: bytes) -> Iterable[Row]:
    """Index and record of each of some whole lines of the file."""
    # As text, of which numbers are read in half the time; latin-1 takes every byte.
    usual = _USUAL.findall(lines.decode("latin-1"))
    if len(usual) != lines.count(b"\n"):
        return map(row_of, lines.splitlines())
    return [
        (int(index), (int(millis), (float(left), float(top), float(width), float(height))))
        for millis, index, width, height, left, top in usual
    ]


def row_of(line: bytes) -> Row:
    """Index and record of any line of the file."""
    record: dict[str, Any] = json.loads(line)
    person = record["Person"]
    box = person.get("BoundingBox")
    position = (box["Left"], box["Top"], box["Width"], box["Height"]) if box else None
    return person["Index"], (record["Timestamp"], position)
