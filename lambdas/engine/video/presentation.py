"""When frames are shown, by the container alone: nothing is decoded."""

from __future__ import annotations

from fractions import Fraction
from typing import BinaryIO

import av.error
import numpy as np
from numpy.typing import NDArray

from engine.video.container import OpenVideo, open_video
from engine.video.frames import lead, seek
from engine.video.sampling import exact_rate, on_grid
from engine.video.timeline import Timeline, read_timeline

_TAIL_PACKETS = 40
"""Packets among which the last frame shown is found: far more than any codec reorders."""


def grid_timestamps(file: BinaryIO, start_ms: int, end_ms: int, hz: float) -> NDArray[np.int64]:
    """Timestamps in ms of the frames that `read_frames` gives for the same arguments, of an undamaged video.

    Args:
        file: the video, seekable; left open.

    Raises:
        VideoError: the file is no video that can be read.
    """
    rate = exact_rate(hz)
    with open_video(file) as video:
        timeline = read_timeline(video)
        seek(video, timeline, Fraction(start_ms, 1000) - lead(timeline, rate))
        times = _times(video, timeline, end_ms)
        ends = [timeline.seconds(time) for time in times[1:]]
        if times:
            ends.append(timeline.seconds(times[-1]) + 1 / timeline.rate)
        stamps = [
            timeline.millis(time)
            for time, end in zip(times, ends, strict=True)
            if on_grid(timeline.seconds(time), end, rate)
        ]
    rising = dict.fromkeys(stamp for stamp in stamps if start_ms <= stamp < end_ms)
    return np.array(list(rising), np.int64)


def last_shown(video: OpenVideo, timeline: Timeline) -> Fraction:
    """When the last frame goes on show, in s; only the end of the video is read, where it has an index."""
    entries = video.stream.index_entries
    if len(entries) > _TAIL_PACKETS:
        video.container.seek(
            entries[len(entries) - _TAIL_PACKETS].timestamp, stream=video.stream, any_frame=True
        )
    else:
        seek(video, timeline, Fraction(0))
    return timeline.seconds(max(_times(video, timeline, None), default=timeline.origin))


def _times(video: OpenVideo, timeline: Timeline, end_ms: int | None) -> list[int]:
    """Rising times of the frames from here on in the container's units.

    `end_ms`: the end of the segment wanted, one frame beyond which is included; that of the video if None.
    """
    times: set[int] = set()
    try:
        for packet in video.container.demux(video.stream):
            decoded = packet.dts if packet.dts is not None else packet.pts
            shown = decoded if timeline.decoding_times or packet.pts is None else packet.pts
            if decoded is None or shown is None or packet.is_discard or not packet.size:
                continue
            if shown >= timeline.origin:
                times.add(shown)
            if end_ms is not None and timeline.millis(decoded) >= end_ms and len(times) > 1:
                break  # no frame is shown before it is decoded
    except av.error.FFmpegError:
        pass  # the container breaks off here
    return sorted(times)
