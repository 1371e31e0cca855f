"""The end of a collection: what needs all people, then the manifest, then the video's record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.collection.lease import Lease
from pipeline.collection.results import Results
from pipeline.collection.scene_answers import SceneAnswers
from pipeline.path.time_in_view import gap_millis
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.tracks_folder import DETECTIONS, MANIFEST, REPORT
from pipeline.storage.tracks_table import TracksTable
from pipeline.storage.video_record import SCHEMA_VERSION
from shared.still import Still


@dataclass(frozen=True)
class JobOutcome:
    """What the pages of a job say about its video.

    Attributes:
        metadata: the contract's `VideoMetadata`.
        note: the StatusMessage of a job that succeeded, such as how many frames could not be decoded.
    """

    metadata: Mapping[str, Any]
    note: str | None


def write_final_results(
    results: Results,
    lease: Lease,
    checkpoint: Checkpoint,
    job: JobOutcome,
    still: Still | None,
    answer: Callable[[], SceneAnswers],
) -> None:
    """Write what is left and set the record to SUCCEEDED last. May be repeated from the start.

    The parts stay until the record is set: a repetition needs them.

    Args:
        results: where to.
        lease: on the video.
        checkpoint: after the last person.
        job: what its pages say.
        still: of the scene, for the report, or None.
        answer: answers the video's scene, once all records are written.

    Raises `LeaseLostError`, the record unchanged, when another invocation has taken over.
    """
    folder, table = results.folder, results.table
    persons = list(table.persons())
    _write_minutes(table, persons)
    if results.record.attempt > 1:
        table.delete_others()
    results.detections.join()
    answers = answer()
    names = [MANIFEST]
    if answers.counts_only:
        persons = []
    else:
        names += [DETECTIONS, *_report(results, job, still, persons, answers.section)]
    objects = {name: folder.prefix + name for name in sorted(names)}
    folder.delete_stale([*objects.values(), *(person["TrackKey"] for person in persons)])
    counts = {"PeopleCount": checkpoint.people, "RecordCount": checkpoint.records}
    folder.put_manifest(
        {
            **_heading(results, job),
            **counts,
            "Objects": objects,
            "Persons": [_manifest_entry(person) for person in persons],
        }
    )
    lease.succeed(
        {
            **counts,
            **_said_by(job),
            "GapMillis": gap_millis(job.metadata.get("FrameRate")),
            "ResultsPrefix": folder.prefix,
            **answers.values,
        }
    )


def _report(
    results: Results,
    job: JobOutcome,
    still: Still | None,
    persons: Sequence[Mapping[str, Any]],
    section: str,
) -> list[str]:
    """The name of the report, which is written; none where that failed."""
    indexes = (person["Index"] for person in persons)
    written = results.report.write(results.record, job.metadata, indexes, still, job.note, section)
    return [REPORT] if written else []


def _write_minutes(table: TracksTable, persons: Sequence[Mapping[str, Any]]) -> None:
    present: dict[int, list[dict[str, int]]] = defaultdict(list)
    for person in persons:
        for minute, first, last, records in person["Minutes"]:
            entry = {"Index": person["Index"], "FirstMillis": first, "LastMillis": last, "Points": records}
            present[minute].append(entry)
    for minute in sorted(present):
        table.put_minute(minute, present[minute])
    table.writer.flush()


def _heading(results: Results, job: JobOutcome) -> dict[str, Any]:
    record = results.record
    video = record.video
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "VideoId": video.id,
        "Video": {"Bucket": video.bucket, "Key": video.key, "VersionId": video.version},
        "JobId": record.job_id,
        "Attempt": record.attempt,
        **_said_by(job),
    }


def _said_by(job: JobOutcome) -> dict[str, Any]:
    note = {"StatusMessage": job.note} if job.note else {}
    return {"VideoMetadata": dict(job.metadata), **note}


def _manifest_entry(person: Mapping[str, Any]) -> dict[str, Any]:
    names = ("Index", "FirstMillis", "LastMillis", "Points", "SecondsSeen", "FacesSeen", "TrackKey")
    return {name: person[name] for name in names}
