"""What the report shows of each person, kept beside the tracks until the report is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.report import PersonPath, VideoFacts, write_report
from pipeline.runtime.clock import iso
from pipeline.runtime.observability import count, logger
from pipeline.storage.tracks_folder import REPORT, TracksFolder
from pipeline.storage.video_record import Meta
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_BYTES = "application/octet-stream"
_AT_ONCE = 8


class ReportParts:
    """The paths of one video's people, as pieces in its folder, and the report made of them."""

    def __init__(self, folder: TracksFolder) -> None:
        self._folder = folder

    def put(self, path: PersonPath) -> None:
        """Keep one person's path."""
        self._folder.put(_part(path.index), path.pack(), _BYTES)

    def write(
        self, meta: Meta, metadata: Mapping[str, Any], indexes: Iterable[int], still: bytes | None
    ) -> bool:
        """Write the report; False where that failed. Tracks are not worth less for want of a picture."""
        try:
            with self._folder.report() as page:
                write_report(page, _facts(meta, metadata), self._read(indexes), still)
        except ClientError as error:
            # Written before, by a finishing that ended between clearing the folder and saying so.
            if code_of(error) == "NoSuchKey" and self._folder.has(REPORT):
                return True
            self._give_up(meta)
            return False
        except Exception:
            self._give_up(meta)
            return False
        return True

    def _give_up(self, meta: Meta) -> None:
        logger.exception("No report", extra={"video_id": meta.video.id})
        count("ReportsFailed")

    def _read(self, indexes: Iterable[int]) -> Iterator[PersonPath]:
        names = map(_part, indexes)
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            # A few at a time, in order: a crowd over hours is thousands of small objects.
            while some := list(islice(names, 4 * _AT_ONCE)):
                yield from map(PersonPath.unpack, readers.map(self._folder.read, some))


def aspect_of(metadata: Mapping[str, Any]) -> float:
    """Frame height / frame width."""
    return float(metadata.get("FrameHeight", 0)) / (float(metadata.get("FrameWidth", 0)) or 1.0) or 0.5625


def still_of(client: S3Client, bucket: str | None, job_id: str) -> bytes | None:
    """The still that the engine may have left of a job, from the bucket it works in, or None."""
    if bucket is None:
        return None
    try:
        return client.get_object(Bucket=bucket, Key=f"jobs/{job_id}/still.jpg")["Body"].read()
    except (ClientError, BotoCoreError):
        return None


def _facts(meta: Meta, metadata: Mapping[str, Any]) -> VideoFacts:
    return VideoFacts(
        bucket=meta.video.bucket,
        key=meta.video.key,
        duration_ms=metadata.get("DurationMillis", 0),
        width=metadata.get("FrameWidth", 0),
        height=metadata.get("FrameHeight", 0),
        frame_rate=round(metadata.get("FrameRate", 0), 2),
        codec=metadata.get("Codec", ""),
        format=metadata.get("Format", ""),
        completed_at=iso(),
        video_id=meta.video.id,
        job_id=meta.job_id or "",
    )


def _part(index: int) -> str:
    return f"report/{index:05d}.bin"
