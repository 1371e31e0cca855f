"""Writing one person: the full track to S3, the summary and the path to DynamoDB, in one pass over the
records.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from pydantic_core import to_json

from pipeline.collection.person_spool import PersonSpool
from pipeline.collection.results import Results
from pipeline.path.person_path import PathBuilder
from pipeline.path.points import Point, rounded
from pipeline.path.time_in_view import SHORTEST_GAP_MILLIS
from pipeline.storage.tracks_table import PATH_MILLIS, PATH_POINTS, Presence, TracksTable
from shared.links import PathLinks

_BATCH_RECORDS = 500
"""Records written at a time."""


def write_person(
    results: Results, spool: PersonSpool, aspect: float, gap: int, links: PathLinks | None = None
) -> None:
    """Write the person whose records are in `spool`. Repeating it overwrites the same with the same.

    `aspect`: width / height of the video as shown. `gap`: the video's, see `gap_millis`.
    `links`: how sure those inside the path are, None where that is not known.
    """
    builder = PathBuilder(spool.index, aspect, gap)
    items = _PathItems(results.table, spool.index)
    minutes: list[Presence] = []
    with results.folder.person(spool.index) as track:
        track.write(_opening(results.record.video.id, spool.index, links))
        rest, before = spool.in_time(), b"\n"
        while batch := list(islice(rest, _BATCH_RECORDS)):
            lines = [record.json for record in batch]
            track.write(before + b",\n".join(lines))
            before = b",\n"
            results.detections.add(lines)
            for millis, point, _ in batch:
                builder.add(millis, point[1:] if point else None)
                _count_into_minute(minutes, millis, gap)
                if point is not None:
                    items.add(point)
        track.write(b"\n]}\n")
    items.flush()
    path = builder.finish(spool.faces, links)
    results.report.put(path)
    results.table.put_person(
        spool.index,
        {
            "FirstMillis": path.first_ms,
            "LastMillis": path.last_ms,
            "Points": len(spool),
            "SecondsSeen": path.seconds_seen,
            "Hull": builder.hull(),
            "Path": [list(rounded(point)) for point in builder.overview()],
            "FacesSeen": spool.faces,
            "TrackKey": results.folder.person_key(spool.index),
            **_confidence(links),
            "Minutes": [[one.minute, one.first, one.last, one.records] for one in minutes],
        },
    )


def _opening(video_id: str, index: int, links: PathLinks | None) -> bytes:
    """A full track up to its first record."""
    head: dict[str, Any] = {"VideoId": video_id, "Index": index}
    if links is not None:
        head["LinkConfidence"] = links.confidence
        head["Links"] = [{"AtMillis": link.at_ms, "Confidence": link.confidence} for link in links.links]
    return to_json(head)[:-1] + b',"Persons":['


def _confidence(links: PathLinks | None) -> dict[str, int | float]:
    """The attributes of a person's item that say how sure the path is."""
    if links is None:
        return {}
    if links.weakest is None:
        return {"LinkConfidence": links.confidence}
    return {"LinkConfidence": links.confidence, "WeakestLinkMillis": links.weakest.at_ms}


class _PathItems:
    """Writes the points of one person, taken in by time, a minute an item."""

    def __init__(self, table: TracksTable, index: int) -> None:
        self._table = table
        self._index = index
        self._points: list[Point] = []

    def add(self, point: Point) -> None:
        points = self._points
        if points and (point[0] // PATH_MILLIS != points[0][0] // PATH_MILLIS or len(points) == PATH_POINTS):
            self.flush()
        self._points.append(point)

    def flush(self) -> None:
        if self._points:
            self._table.put_path(self._index, self._points)
            self._points = []


def _count_into_minute(minutes: list[Presence], millis: int, gap: int) -> None:
    """Count a record, taken in by time, into its minute.

    Where records are rarer than `SHORTEST_GAP_MILLIS`, a sighting fills the minutes between two of them.
    """
    minute, first = millis // PATH_MILLIS, millis
    before = minutes[-1] if minutes else None
    if before and before.minute == minute:
        minutes[-1] = Presence(minute, before.first, millis, before.records + 1)
        return
    if before and SHORTEST_GAP_MILLIS < millis - before.last <= gap:
        first = minute * PATH_MILLIS
        minutes[-1] = replace(before, last=_end_of(before.minute))
        minutes += [
            Presence(between, between * PATH_MILLIS, _end_of(between), 0)
            for between in range(before.minute + 1, minute)
        ]
    minutes.append(Presence(minute, first, millis, 1))


def _end_of(minute: int) -> int:
    return (minute + 1) * PATH_MILLIS - 1
