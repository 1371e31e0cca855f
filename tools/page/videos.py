"""The videos of a stack as the page shows them, and new ones."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from pipeline.video import NO_VERSION, Video, is_video
from reader.people_pathing_reader import Video as Tracked
from tools.page.failed_videos import FailedVideos
from tools.page.messages import EMPTY_FILE, GOES_TO_AWS, STAYS, TOO_LARGE, bad_name, not_a_video
from tools.page.reading import reader_of
from tools.page.refusals import RefusedError
from tools.page.stages import QUEUED, Stage, stage_of
from tools.page.waiting_videos import WaitingVideos
from tools.target import Target
from tools.video_names import fault_of

MOST_BYTES = 10 * 1024**3
"""The tracking operations take no larger video."""

_MOST_SHOWN = 200
_UNDERWAY = ("SUBMITTING", "IN_PROGRESS", "COLLECTING")


class Videos:
    """The videos of one stack. May be used by several threads.

    `target` is the stack; `where` says where a dropped video goes.

    Args:
        present_endpoint: gives the address at which the stack is now, None where that is not known.
    """

    def __init__(self, target: Target, present_endpoint: Callable[[], str | None] = lambda: None) -> None:
        self.target = target
        self._endpoint, self._present_endpoint = target.endpoint, present_endpoint
        self.target = target
        self.where = STAYS if target.endpoint else GOES_TO_AWS
        self._s3 = target.client("s3", retries={"mode": "standard"})
        self._bucket = target.output("VideosBucket")
        self._results = target.output("ResultsBucket")
        dynamodb = target.resource("dynamodb")
        self._jobs = dynamodb.Table(target.outputs["JobsTable"]) if "JobsTable" in target.outputs else None
        self._reader = reader_of(target)
        self._failed = FailedVideos(target)
        self._waiting = WaitingVideos()

    def has_moved(self) -> bool:
        """Whether the stack is now at another address than these videos are read from."""
        return self._present_endpoint() not in (None, self._endpoint)

    def listed(self, words: str = "") -> list[dict[str, Any]]:
        """Videos whose key holds all of some words, those under way first, then the newest."""
        wanted = words.lower().split()
        found = [
            self._row(video)
            for video in islice(self._newest(), 10 * _MOST_SHOWN)
            if _matches(video.key, wanted)
        ]
        known = {row["id"] for row in found}
        waiting = self._waiting.new(lambda each: each in known or self._reader.video(each) is not None)
        rows = [
            {"id": each.video.id, "key": each.video.key, "stage": QUEUED, "percent": None, "at": each.since}
            for each in waiting
            if _matches(each.video.key, wanted)
        ]
        return [*rows, *found][:_MOST_SHOWN]

    def add(self, name: str, body: io.RawIOBase, size: int) -> str:
        """Upload a video; its id. Raises RefusedError where the pipeline would not take it."""
        key = PurePosixPath(name.replace("\\", "/")).name
        fault = fault_of(key)
        if fault is not None:
            raise RefusedError(bad_name(fault))
        if not is_video(key):
            raise RefusedError(not_a_video(key))
        if size == 0:
            raise RefusedError(EMPTY_FILE)
        if size > MOST_BYTES:
            raise RefusedError(TOO_LARGE)
        self._s3.upload_fileobj(body, self._bucket, key)
        version = self._s3.head_object(Bucket=self._bucket, Key=key).get("VersionId") or NO_VERSION
        video = Video(self._bucket, key, version)
        self._waiting.add(video)
        return video.id

    def retry(self, video_id: str) -> None:
        """Send a failed video again. Raises RefusedError."""
        self._waiting.add_again(self._failed.retry(video_id))

    def remove(self, video_id: str) -> None:
        """Delete a failed video and everything about it. Raises RefusedError."""
        self._failed.remove(video_id)

    def report(self, video_id: str) -> Iterator[bytes] | None:
        """The report of a finished video, in pieces, or None."""
        video = self._reader.video(video_id)
        if video is None or video.results_prefix is None:
            return None
        try:
            found = self._s3.get_object(Bucket=self._results, Key=f"{video.results_prefix}report.html")
        except self._s3.exceptions.NoSuchKey:
            return None
        pieces: Iterator[bytes] = found["Body"].iter_chunks(1 << 16)
        return pieces

    def video(self, video_id: str, wanted: str | None) -> dict[str, Any] | None:
        """S3's answer for (a range of) the video itself, or None where there is no such video.

        Its ContentType is what browsers know: they play QuickTime files under the name of MP4.
        """
        video = self._reader.video(video_id)
        if video is None:
            return None
        address = {"Bucket": video.bucket, "Key": video.key}
        if video.version != NO_VERSION:
            address["VersionId"] = video.version
        answer: dict[str, Any] = self._s3.get_object(**address, **({"Range": wanted} if wanted else {}))
        if wanted is not None and "ContentRange" not in answer:
            answer = _cut(answer, wanted)
        answer["ContentType"] = "video/x-msvideo" if video.key.lower().endswith(".avi") else "video/mp4"
        return answer

    def _newest(self) -> Iterator[Tracked]:
        for status in _UNDERWAY:
            yield from self._reader.videos(status, newest_first=True)
        over = [
            video
            for status in ("SUCCEEDED", "FAILED")
            for video in islice(self._reader.videos(status, newest_first=True), 5 * _MOST_SHOWN)
        ]
        yield from sorted(over, key=lambda video: video.updated_at, reverse=True)

    def _row(self, video: Tracked) -> dict[str, Any]:
        again = self._waiting.waits_again(video)
        stage = Stage(QUEUED) if again else stage_of(video, self._job(video))
        return {
            "id": video.id,
            "key": video.key,
            "stage": stage.name,
            "percent": stage.percent,
            "at": video.updated_at,
            "reason": video.reason,
            "people": video.people,
            "millis": video.metadata.get("DurationMillis"),
        }

    def _job(self, video: Tracked) -> dict[str, Any]:
        if self._jobs is None or video.status != "IN_PROGRESS" or video.job_id is None:
            return {}
        item: dict[str, Any] = self._jobs.get_item(Key={"PK": f"JOB#{video.job_id}"}).get("Item", {})
        return item


def _cut(whole: dict[str, Any], wanted: str) -> dict[str, Any]:
    """A range of the whole object: the embedded AWS knows no ranges of a named version."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    size = int(whole["ContentLength"])
    if match is None or int(match[1]) >= size:
        return whole
    first, last = int(match[1]), min(int(match[2] or size), size - 1)
    body, left = whole["Body"], first
    while left:
        left -= len(body.read(min(left, 1 << 20)))
    return {
        "Body": body,
        "ContentLength": last - first + 1,
        "ContentRange": f"bytes {first}-{last}/{size}",
    }


def _matches(key: str, words: list[str]) -> bool:
    return all(word in key.lower() for word in words)
