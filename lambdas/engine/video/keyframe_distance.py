"""Whether each segment can be reached in time: a segment is decoded from the keyframe before it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.messages import video as messages
from engine.runtime.detect_time import DetectTime
from engine.video.errors import VideoError
from engine.video.frames.stillness import slot_start
from engine.video.metadata import VideoMetadata
from engine.video.segments import Segment, lead_in


def check_keyframe_distance(metadata: VideoMetadata, segments: Sequence[Segment], has: DetectTime) -> None:
    """Raises VideoError where a detect function has no time to decode from a keyframe to a segment's end.

    The analysis of the segment itself counts for at most half of the time: the figure is that of 4K, and to
    analyse what lies near its keyframe, the deployment's options suffice.
    """
    pixels_a_second = float(metadata.rate) * metadata.frame_width * metadata.frame_height
    longest, needed = 0.0, 0.0
    for segment in segments:
        before = lead_in(metadata, slot_start(segment.start_ms)) / 1000
        length = (min(segment.end_ms, metadata.duration_millis) - segment.start_ms) / 1000
        if before > 0 and before + length > longest:
            longest = before + length
            needed = has.to_decode(longest, pixels_a_second) + min(has.to_analyse(length), has.seconds / 2)
    if needed > has.seconds:
        raise VideoError(messages.keyframes_too_far(longest, needed, has.seconds))
