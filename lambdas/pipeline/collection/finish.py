"""The end of a collection: what needs all persons, then the manifest, then META."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.collection.detection_parts import DetectionParts
from pipeline.collection.leases import Lease
from pipeline.report.parts import ReportParts
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.tracks_folder import DETECTIONS, MANIFEST, REPORT, TracksFolder
from pipeline.storage.tracks_table import TracksTable
from pipeline.storage.video_record import SCHEMA_VERSION, Meta


def finish(
    lease: Lease,
    checkpoint: Checkpoint,
    metadata: Mapping[str, Any],
    table: TracksTable,
    folder: TracksFolder,
    parts: DetectionParts,
    reports: ReportParts,
    still: bytes | None,
) -> None:
    """Write what is left and turn META to SUCCEEDED last. May be done again from the start.

    The pieces stay until META has turned: doing it again needs them. `still` is a JPEG of the scene for the
    report. Raises LeaseLostError, META untouched, when another invocation has taken over.
    """
    persons = list(table.persons())
    _write_minutes(table, persons)
    if lease.meta.attempt > 1:
        table.delete_others()
    parts.join()
    drawn = reports.write(lease.meta, metadata, (person["Index"] for person in persons), still)
    names = (DETECTIONS, REPORT, MANIFEST) if drawn else (DETECTIONS, MANIFEST)
    objects = {name: folder.prefix + name for name in names}
    folder.delete_stale([*objects.values(), *(person["TrackKey"] for person in persons)])
    folder.put_manifest(_manifest(lease.meta, checkpoint, metadata, persons, objects))
    lease.succeed(
        {
            "PeopleCount": checkpoint.people,
            "RecordCount": checkpoint.records,
            "VideoMetadata": metadata,
            "ResultsPrefix": folder.prefix,
        }
    )


def _write_minutes(table: TracksTable, persons: Sequence[Mapping[str, Any]]) -> None:
    present: dict[int, list[dict[str, int]]] = defaultdict(list)
    for person in persons:
        for minute, first, last, records in person["Minutes"]:
            entry = {"Index": person["Index"], "FirstMillis": first, "LastMillis": last, "Points": records}
            present[minute].append(entry)
    for minute in sorted(present):
        table.put_minute(minute, present[minute])
    table.writer.flush()


def _manifest(
    meta: Meta,
    checkpoint: Checkpoint,
    metadata: Mapping[str, Any],
    persons: Sequence[Mapping[str, Any]],
    objects: Mapping[str, str],
) -> dict[str, Any]:
    """All that is in the folder; keys are whole, so that it can be read from anywhere."""
    shown = ("Index", "FirstMillis", "LastMillis", "Points", "SecondsSeen", "FacesSeen", "TrackKey")
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "VideoId": meta.video.id,
        "Video": {"Bucket": meta.video.bucket, "Key": meta.video.key, "VersionId": meta.video.version},
        "JobId": meta.job_id,
        "Attempt": meta.attempt,
        "VideoMetadata": dict(metadata),
        "PeopleCount": checkpoint.people,
        "RecordCount": checkpoint.records,
        "Objects": dict(objects),
        "Persons": [{name: person[name] for name in shown} for person in persons],
    }
