"""Cutting a video into segments that are analysed apart from one another.

A segment is decoded from the keyframe before it. Where keyframes are far apart, short segments would decode
the same frames again and again, so segments begin near keyframes, or are long.
"""

from dataclasses import dataclass

import numpy as np

from engine.video.frames.stillness import slot_start
from engine.video.metadata import VideoMetadata

LONGEST_SECONDS = 300
"""How long a segment may get where keyframes are far apart.

The same as the highest `segment_seconds` that can be deployed: 4K at 5 Hz then takes a detect function 350
of its 900 s, by the worst case that the deployment options reckon with. The other 550 s decode 15 minutes of
4K, or an hour of 1080p, from the last keyframe to the segment's start; `keyframe_distance` refuses more.
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """The frames with ``start_ms <= timestamp < end_ms``; `index` counts from 0 in order of time."""

    index: int
    start_ms: int
    end_ms: int


def plan_segments(metadata: VideoMetadata, seconds: float) -> list[Segment]:
    """Segments of `seconds` (> 0), or longer ones, that cover the video without gap or overlap; at least one.

    A segment begins only where a keyframe lies less than `seconds` before, so that no frame is decoded more
    than twice, or where the segment before it would exceed `LONGEST_SECONDS`. A last piece shorter than a
    quarter of `seconds` joins the one before it.

    The last one is open-ended in effect: its end lies an hour beyond the container's duration, which is
    often a frame or two short of the truth; not so where the file was cut off.
    """
    if seconds <= 0:
        raise ValueError("seconds must be above 0")
    length = round(seconds * 1000)
    count = max(1, round(metadata.duration_millis / length + 0.25))
    starts = [0]
    for start in range(length, count * length, length):
        longest = start + length - starts[-1] > 1000 * LONGEST_SECONDS
        if longest or lead_in(metadata, slot_start(start)) < length:
            starts.append(start)
    ends = [*starts[1:], metadata.duration_millis + (0 if metadata.note else 3_600_000)]
    return [Segment(index, start, end) for index, (start, end) in enumerate(zip(starts, ends, strict=True))]


def lead_in(metadata: VideoMetadata, at_ms: int) -> int:
    """Milliseconds from the keyframe before an instant to it; 0 where keyframes are not known."""
    before = int(np.searchsorted(metadata.keyframes_ms, at_ms, side="right"))
    return at_ms - int(metadata.keyframes_ms[before - 1]) if before else 0
