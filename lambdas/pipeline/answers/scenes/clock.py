"""The time of day of a moment of a video, on the clock of its camera."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.answers.scenes.video_start import VideoStart

Source = Literal["key", "creation_time", "upload"]


@dataclass(frozen=True)
class Clock:
    """When a video began, in the camera's time zone, and what says so."""

    began: datetime
    source: Source

    def at(self, millis: int) -> datetime:
        """The time so many ms after the video's start, in the camera's time zone."""
        return (self.began.astimezone(UTC) + timedelta(milliseconds=millis)).astimezone(self.began.tzinfo)

    def text(self, millis: int) -> str:
        """`2026-11-20T10:14:03.000+01:00`: sorts by the camera's clock, and is exact."""
        return self.at(millis).isoformat(timespec="milliseconds")

    def hour(self, millis: int) -> tuple[str, int]:
        """The hour of the clock as `2026-11-20T10:00+01:00`, and the ms of the video at which it ends."""
        now = self.at(millis)
        begin = now.replace(minute=0, second=0, microsecond=0)
        into = timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
        left = timedelta(hours=1) - into
        return begin.isoformat(timespec="minutes"), millis + max(1, -(-left // timedelta(milliseconds=1)))


def clock_of(start: VideoStart, key: str, created: datetime | None, uploaded: datetime) -> Clock:
    """The clock of a video. Where what the scene names is not there, it is the upload's, and says so.

    Args:
        start: the scene's.
        key: of the video.
        created: what its container says, None where it says nothing.
        uploaded: when the object was uploaded.
    """
    began = start.began_at(key, created, uploaded)
    if began is not None:
        return Clock(began, start.source)
    fallback = VideoStart.model_validate({"from": "upload", "time_zone": start.time_zone})
    return Clock(fallback.began_at(key, uploaded=uploaded) or uploaded, "upload")
