"""When the last frame of a video goes off show."""

from __future__ import annotations

from fractions import Fraction

from engine.video.container import OpenVideo
from engine.video.extent import Extent, read_extent
from engine.video.tail import end_of, read_tail
from engine.video.timeline import Timeline


def shown_until(video: OpenVideo, timeline: Timeline, extent: Extent | None = None) -> Fraction:
    """How long the video is shown, in seconds.

    Containers count from decoding time to decoding time. Where the rate varies and frames are reordered, the
    last one may be shown later than that. Leaves the container at an undefined position.

    Args:
        extent: of the video; read when None.

    Raises:
        VideoError: too much of the video is missing.
    """
    extent = extent or read_extent(video, timeline)
    if extent.cut_off:
        return extent.readable
    tail = read_tail(video, decoding_times=timeline.decoding_times)
    last = timeline.seconds(max((frame.time for frame in tail), default=timeline.origin))
    if last < extent.readable:
        return extent.readable
    end = None if timeline.constant else end_of(tail)
    return last + 1 / timeline.rate if end is None else timeline.seconds(end)
