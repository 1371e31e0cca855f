"""Videos that were sent to the pipeline and that it has not taken up yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.runtime.clock import iso
from pipeline.video import Video
from reader.people_pathing_reader import Video as Tracked


@dataclass(frozen=True)
class Waiting:
    """A video, and since when (ISO-8601 UTC) it waits."""

    video: Video
    since: str


class WaitingVideos:
    """New videos and failed ones that were sent again. May be used by several threads."""

    def __init__(self) -> None:
        self._new: dict[str, Waiting] = {}
        self._failures: dict[str, str] = {}
        self._lock = threading.Lock()

    def add(self, video: Video) -> None:
        """Wait for a new upload to be taken up."""
        with self._lock:
            self._new[video.id] = Waiting(video, iso())

    def add_again(self, video: Tracked) -> None:
        """Wait for a failed video to be taken up again: until then the table has its old failure."""
        with self._lock:
            self._failures[video.id] = video.updated_at

    def new(self, is_known: Callable[[str], bool]) -> list[Waiting]:
        """The new uploads; those whose id `is_known` to the pipeline are forgotten."""
        with self._lock:
            for video_id in [each for each in self._new if is_known(each)]:
                del self._new[video_id]
            return list(self._new.values())

    def waits_again(self, video: Tracked) -> bool:
        """Whether the failure of a video is the one it was sent again for."""
        with self._lock:
            if video.id in self._failures and (video.status, video.updated_at) != (
                "FAILED",
                self._failures[video.id],
            ):
                del self._failures[video.id]
            return video.id in self._failures
