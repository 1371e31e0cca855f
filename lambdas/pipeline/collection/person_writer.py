"""Writing one person: the full track to S3, the summary and the path to DynamoDB, in one pass over the
records.
"""

from __future__ import annotations

from pipeline.collection.detection_parts import DetectionParts
from pipeline.collection.person_spool import PersonSpool
from pipeline.path import Outline, Point, rounded
from pipeline.report import PathBuilder
from pipeline.report.parts import ReportParts
from pipeline.storage.tracks_folder import TracksFolder
from pipeline.storage.tracks_table import PATH_MILLIS, PATH_POINTS, Presence, TracksTable

# Records farther apart than this are two sightings: the time between them was not seen.
_SAME_SIGHTING_MILLIS = 1_000


def write_person(
    spool: PersonSpool,
    video_id: str,
    table: TracksTable,
    folder: TracksFolder,
    parts: DetectionParts,
    reports: ReportParts,
    aspect: float,
) -> None:
    """Write the person whose records are in `spool`. Doing it again writes the same over it.

    `aspect` is frame height / frame width.
    """
    outline = Outline()
    path: list[Point] = []
    minutes: list[Presence] = []
    first, last, seen = -1, -1, 0
    shown = PathBuilder(spool.index, aspect)
    with folder.person(spool.index) as track:
        track.write(f'{{"VideoId":"{video_id}","Index":{spool.index},"Persons":['.encode())
        for place, (millis, point, record) in enumerate(spool.in_time()):
            track.write(b",\n" + record if place else b"\n" + record)
            parts.add(record)
            shown.add(millis, point[1:] if point else None)
            if place == 0:
                first = millis
            elif millis - last <= _SAME_SIGHTING_MILLIS:
                seen += millis - last
            last = millis
            _note_minute(minutes, millis)
            if point is not None:
                outline.add(point)
                if path and (
                    point[0] // PATH_MILLIS != path[0][0] // PATH_MILLIS or len(path) == PATH_POINTS
                ):
                    table.put_path(spool.index, path)
                    path = []
                path.append(point)
        track.write(b"\n]}\n")
    reports.put(shown.finish(spool.faces))
    if path:
        table.put_path(spool.index, path)
    table.put_person(
        spool.index,
        {
            "FirstMillis": first,
            "LastMillis": last,
            "Points": len(spool),
            "SecondsSeen": seen / 1000,
            "Hull": outline.hull(),
            "Path": [list(rounded(point)) for point in outline.simplified()],
            "FacesSeen": spool.faces,
            "TrackKey": folder.person_key(spool.index),
            "Minutes": [[one.minute, one.first, one.last, one.records] for one in minutes],
        },
    )


def _note_minute(minutes: list[Presence], millis: int) -> None:
    """Count a record, given in time order, into its minute."""
    minute = millis // PATH_MILLIS
    if minutes and minutes[-1].minute == minute:
        now = minutes[-1]
        minutes[-1] = Presence(minute, now.first, millis, now.records + 1)
    else:
        minutes.append(Presence(minute, millis, millis, 1))
