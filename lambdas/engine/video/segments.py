"""Cutting a video into segments that are analysed apart from one another."""

from dataclasses import dataclass

from engine.video.metadata import VideoMetadata


@dataclass(frozen=True, slots=True)
class Segment:
    """The frames with ``start_ms <= timestamp < end_ms``; `index` counts from 0 in order of time."""

    index: int
    start_ms: int
    end_ms: int


def plan_segments(metadata: VideoMetadata, seconds: float) -> list[Segment]:
    """Segments of `seconds` (> 0) that cover the video without gap or overlap; at least one.

    The last one is open-ended in effect: its end lies an hour beyond the container's duration, which is
    often a frame or two short of the truth; not so where the file was cut off. A last piece shorter than a
    quarter of `seconds` joins the one before it.
    """
    if seconds <= 0:
        raise ValueError("seconds must be above 0")
    length = round(seconds * 1000)
    count = max(1, round(metadata.duration_millis / length + 0.25))
    starts = [index * length for index in range(count)]
    ends = [*starts[1:], metadata.duration_millis + (0 if metadata.note else 3_600_000)]
    return [Segment(index, start, end) for index, (start, end) in enumerate(zip(starts, ends, strict=True))]
