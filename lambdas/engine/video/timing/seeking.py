"""Moving to an instant of a video."""

from __future__ import annotations

from fractions import Fraction

import av.error

from engine.video.containers.container import OpenVideo
from engine.video.timing.timeline import Timeline


def seek(video: OpenVideo, timeline: Timeline, seconds: Fraction) -> None:
    """Moves to the keyframe at or before an instant, the first one for instants before the start."""
    index = video.stream.index_entries
    first = index[0].timestamp if len(index) else timeline.origin
    start = min(first, timeline.origin)
    for target in (timeline.pts(seconds) if seconds > 0 else start, start, 0):
        try:
            video.container.seek(target, stream=video.stream)
        except av.error.FFmpegError:
            continue
        return
