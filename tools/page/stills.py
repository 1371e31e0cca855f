"""Pictures of the scenes that videos show: the engine's stills, those in the reports, or frames of videos."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, BinaryIO, cast

from botocore.exceptions import ClientError

from engine.video.errors import VideoError
from engine.video.source.s3_file import S3Object
from engine.video.still import scene_still
from pipeline.report.still import still_if_any
from pipeline.video import NO_VERSION
from reader.people_pathing_reader import Video as Tracked
from tools.page.reading import reader_of
from tools.target import Target

_MOST_VIDEOS = 200
_MOST_LOOKED_AT = 5_000
_MOST_TRIED = 5
_LONGEST_HEAD = 4_000_000
"""Bytes of a report in which its still is looked for; style sheet and still come first."""
_LATEST_MS = 5_000
"""Of a frame that is decoded here: after a few seconds at most, so that it soon is."""
_BEGIN, _END = b'<img id="still" alt="" src="data:image/jpeg;base64,', b'"'


class Stills:
    """The tracked videos of one stack, and a still of each. May be used by several threads."""

    def __init__(self, target: Target) -> None:
        self._s3 = target.client("s3", retries={"mode": "standard"})
        self._results = target.output("ResultsBucket")
        self._work = target.outputs.get("WorkBucket")
        self._reader = reader_of(target)

    def videos(self, prefix: str) -> list[dict[str, Any]]:
        """The newest tracked videos whose key begins with `prefix`, with their frames in pixels."""
        newest = islice(self._reader.videos(newest_first=True), _MOST_LOOKED_AT)
        fitting = (video for video in newest if video.key.startswith(prefix))
        return [_row(video) for video in islice(fitting, _MOST_VIDEOS)]

    def jpeg(self, video_id: str) -> bytes | None:
        """A video's still, None where there is no such video or none is left of it."""
        video = self._reader.video(video_id)
        if video is None:
            return None
        still = still_if_any(self._s3, self._work, video.job_id) if video.job_id else None
        if still is not None:
            return still.jpeg
        return still_in_report(self._report(video)) or self._decoded(video)

    def of_any(self, video_ids: Iterable[str]) -> str | None:
        """The first video that has a still, of the first few."""
        return next((each for each in islice(video_ids, _MOST_TRIED) if self.jpeg(each)), None)

    def _report(self, video: Tracked) -> Iterator[bytes]:
        if video.results_prefix is None:
            return
        try:
            found = self._s3.get_object(Bucket=self._results, Key=f"{video.results_prefix}report.html")
        except self._s3.exceptions.NoSuchKey:
            return
        with closing(found["Body"]) as body:
            yield from body.iter_chunks(1 << 16)

    def _decoded(self, video: Tracked) -> bytes | None:
        """A frame of the video itself: scenes that keep counts only delete the report."""
        version = None if video.version == NO_VERSION else video.version
        asked = {"VersionId": version} if version else {}
        try:
            etag = self._s3.head_object(Bucket=video.bucket, Key=video.key, **asked)["ETag"]
            with S3Object(self._s3, video.bucket, video.key, version, etag=etag) as file:
                middle = int(video.metadata.get("DurationMillis") or 0) // 2
                content = cast(BinaryIO, file)
                still = scene_still(content, min(middle, _LATEST_MS)) or scene_still(content, 0)
        except (ClientError, VideoError):
            return None
        return still.jpeg if still else None


def still_in_report(pieces: Iterable[bytes]) -> bytes | None:
    """The JPEG on which a report draws, None where it has none."""
    head = b""
    for piece in pieces:
        head += piece
        begin = head.find(_BEGIN)
        end = head.find(_END, begin + len(_BEGIN)) if begin >= 0 else -1
        if end >= 0:
            try:
                return base64.b64decode(head[begin + len(_BEGIN) : end], validate=True)
            except binascii.Error:
                return None
        if len(head) > _LONGEST_HEAD:
            return None
    return None


def _row(video: Tracked) -> dict[str, Any]:
    return {
        "id": video.id,
        "key": video.key,
        "at": video.updated_at,
        "width": video.metadata.get("FrameWidth"),
        "height": video.metadata.get("FrameHeight"),
    }
