"""What the report shows of each person, kept beside the tracks until the report is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from pipeline.path.person_path import PersonPath
from pipeline.report.page import write_report
from pipeline.report.video_facts import VideoFacts
from pipeline.runtime.clock import iso
from pipeline.runtime.observability import count, logger
from pipeline.storage.tracks_folder import REPORT, TracksFolder
from pipeline.storage.video_record import VideoRecord
from shared.aws_errors import code_of
from shared.still import Still

_BYTES = "application/octet-stream"
_AT_ONCE = 8
"""Parts read at the same time."""


class ReportParts:
    """The paths of one video's people, as objects in its folder, and the report made of them."""

    def __init__(self, folder: TracksFolder) -> None:
        self._folder = folder

    def put(self, path: PersonPath) -> None:
        """Keep one person's path."""
        self._folder.put(_part(path.index), path.pack(), _BYTES)

    def write(
        self,
        record: VideoRecord,
        metadata: Mapping[str, Any],
        indexes: Iterable[int],
        still: Still | None,
        note: str | None = None,
        answers: str = "",
    ) -> bool:
        """Write the report, with a `note` on the job and the section of a scene's answers if there are any.

        False, logged and counted, where that failed: the tracks are there without it.
        """
        try:
            with self._folder.report() as page:
                write_report(page, _facts(record, metadata, note), self._read(indexes), still, answers)
        except ClientError as error:
            # An earlier invocation wrote the report and deleted the parts, and ended before recording that.
            if code_of(error) == "NoSuchKey" and self._folder.has(REPORT):
                return True
            self._give_up(record)
            return False
        except Exception:
            self._give_up(record)
            return False
        return True

    def _give_up(self, record: VideoRecord) -> None:
        logger.exception("Report not written", extra={"video_id": record.video.id})
        count("ReportsFailed")

    def _read(self, indexes: Iterable[int]) -> Iterator[PersonPath]:
        names = map(_part, indexes)
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            # A few at a time, in order: a crowd over hours is thousands of small objects.
            while some := list(islice(names, 4 * _AT_ONCE)):
                yield from map(PersonPath.unpack, readers.map(self._folder.read, some))


def _facts(record: VideoRecord, metadata: Mapping[str, Any], note: str | None) -> VideoFacts:
    return VideoFacts(
        bucket=record.video.bucket,
        key=record.video.key,
        duration_ms=metadata.get("DurationMillis", 0),
        width=metadata.get("FrameWidth", 0),
        height=metadata.get("FrameHeight", 0),
        frame_rate=round(metadata.get("FrameRate", 0), 2),
        codec=metadata.get("Codec", ""),
        format=metadata.get("Format", ""),
        completed_at=iso(),
        video_id=record.video.id,
        job_id=record.job_id or "",
        note=note or "",
    )


def _part(index: int) -> str:
    return f"report/{index:05d}.bin"
