"""What the report says about the video itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VideoFacts:
    """A video as the report describes it.

    Attributes:
        bucket, key: where the video was dropped.
        duration_ms, width, height, frame_rate, codec, format: from VideoMetadata; width and height in pixels.
        completed_at: when its tracking completed, ISO-8601.
        video_id, job_id: its ids in the table and at the tracking service.
        note: what the tracking service says of a job that succeeded, if anything.
    """

    bucket: str
    key: str
    duration_ms: int
    width: int
    height: int
    frame_rate: float = 0.0
    codec: str = ""
    format: str = ""
    completed_at: str = ""
    video_id: str = ""
    job_id: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        return self.key.rsplit("/", 1)[-1] or self.key

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"
