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


def _times(video: OpenVideo, timeline: Timeline, end_ms: int) -> list[int]:
    """Rising times of the frames around a segment in the container's units, one beyond its end included."""
    times: set[int] = set()
    try:
        for packet in video.container.demux(video.stream):
            decoded = packet.dts if packet.dts is not None else packet.pts
            shown = decoded if timeline.decoding_times or packet.pts is None else packet.pts
            if decoded is None or shown is None or packet.is_discard or not packet.size:
                continue
            if shown >= timeline.origin:
                times.add(shown)
            if timeline.millis(decoded) >= end_ms and len(times) > 1:
                break  # no frame is shown before it is decoded
    except av.error.FFmpegError:
        pass  # the container breaks off here
    return sorted(times)
