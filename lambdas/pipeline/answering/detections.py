"""A video's records, read back from `detections.jsonl.gz`."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import IO, Any, cast

from pipeline import messages
from pipeline.errors import OutOfTimeError
from pipeline.path.points import Box
from pipeline.runtime.deadline import Deadline
from pipeline.storage.tracks_folder import DETECTIONS, TracksFolder

Record = tuple[int, Box | None]
"""Ms since the start of the video, and the box; None where only a face was seen."""


_NUMBER = rb"(-?[0-9][0-9.eE+-]*)"
_USUAL = re.compile(
    rb'\{"VideoId":"[0-9a-f]{32}","Timestamp":([0-9]+),"Person":\{"Index":([0-9]+),"BoundingBox":\{'
    rb'"Width":'
    + _NUMBER
    + rb',"Height":'
    + _NUMBER
    + rb',"Left":'
    + _NUMBER
    + rb',"Top":'
    + _NUMBER
    + rb"\}"
)
"""How the engine's records begin, in the order of boto3's models: read so, they take half the time. Those of
another service may have another order, and are read as any JSON."""


def persons_of(folder: TracksFolder, deadline: Deadline) -> Iterator[tuple[int, Iterator[Record]]]:
    """Each person with their records, by Index; a person's are to be read before the next is asked for.

    Raises `OutOfTimeError` when the deadline comes between two people.
    """
    with gzip.GzipFile(fileobj=cast(IO[bytes], folder.stream(DETECTIONS))) as lines:
        rows = map(row_of, lines)
        for index, group in groupby(rows, key=lambda row: row[0]):
            if deadline.has_come():
                raise OutOfTimeError(messages.OUT_OF_TIME)
            yield index, ((millis, box) for _, millis, box in group)


def row_of(line: bytes) -> tuple[int, int, Box | None]:
    """Index, ms and box of a line of the file."""
    usual = _USUAL.match(line)
    if usual is not None:
        millis, index, width, height, left, top = usual.groups()
        return int(index), int(millis), (float(left), float(top), float(width), float(height))
    record: dict[str, Any] = json.loads(line)
    person = record["Person"]
    box = person.get("BoundingBox")
    position = (box["Left"], box["Top"], box["Width"], box["Height"]) if box else None
    return person["Index"], record["Timestamp"], position
