"""A video's records, read back from `detections.jsonl.gz`."""

from __future__ import annotations

import gzip
import json
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


def persons_of(folder: TracksFolder, deadline: Deadline) -> Iterator[tuple[int, Iterator[Record]]]:
    """Each person with their records, by Index; a person's are to be read before the next is asked for.

    Raises `OutOfTimeError` when the deadline comes between two people.
    """
    with gzip.GzipFile(fileobj=cast(IO[bytes], folder.stream(DETECTIONS))) as lines:
        rows = map(_row, lines)
        for index, group in groupby(rows, key=lambda row: row[0]):
            if deadline.has_come():
                raise OutOfTimeError(messages.OUT_OF_TIME)
            yield index, ((millis, box) for _, millis, box in group)


def _row(line: bytes) -> tuple[int, int, Box | None]:
    record: dict[str, Any] = json.loads(line)
    person = record["Person"]
    box = person.get("BoundingBox")
    position = (box["Left"], box["Top"], box["Width"], box["Height"]) if box else None
    return person["Index"], record["Timestamp"], position
