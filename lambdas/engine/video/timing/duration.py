"""When the last frame of a video goes off show."""

from __future__ import annotations

from fractions import Fraction

from engine.video.containers.container import OpenVideo
from engine.video.timing.extent import Extent, read_extent
from engine.video.timing.tail import end_of, read_tail
from engine.video.timing.timeline import Timeline


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
    last = timeline.seconds(max((frame.time for frame in tail if not frame.hidden), default=timeline.origin))
    end = None if timeline.constant else end_of(tail)
    if end is not None:
        return max(extent.readable, min(timeline.seconds(end), _edited(video) or timeline.seconds(end)))
    return extent.readable if last < extent.readable else last + 1 / timeline.rate


def _edited(video: OpenVideo) -> Fraction | None:
    """How long an edit list says that the pictures are shown, in s; None where there is none."""
    clocks = video.structure.clocks
    track = clocks.track(video.stream.id, b"vide") if clocks is not None else None
    edits = track.edits if track is not None else []
    return sum((edit.seconds for edit in edits if edit.start >= 0), Fraction(0)) or None
