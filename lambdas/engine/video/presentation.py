"""When frames are shown, by the container alone: nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import BinaryIO

import av.error
import numpy as np
from numpy.typing import NDArray

from engine.video.containers.container import OpenVideo, open_video
from engine.video.frames.segment_frames import last_until, lead
from engine.video.timing.sampling import exact_rate, on_grid
from engine.video.timing.seeking import seek
from engine.video.timing.timeline import HELD_SECONDS, Timeline, read_timeline


def grid_timestamps(file: BinaryIO, start_ms: int, end_ms: int, hz: float) -> NDArray[np.int64]:
    """Timestamps in ms of the frames that `read_frames` gives for the same arguments, of an undamaged video.

    Args:
        file: the video, seekable; left open.

    Raises:
        VideoError: the file is no video that can be read.
    """
    stamps = [picture.millis for picture in _pictures(file, start_ms, end_ms, exact_rate(hz))]
    return np.array(stamps, np.int64)


def held_timestamps(file: BinaryIO, start_ms: int, end_ms: int, hz: float) -> NDArray[np.int64]:
    """The instants at which each picture of `grid_timestamps` is reported.

    Its own Timestamp is the first. The last picture of the video, and one on show for more than a second, are
    reported at every ``k / hz`` s until they go off show.

    Args:
        file: the video, seekable; left open. Its rate varies.

    Returns:
        int64 (n, 2): the instant, rising, and the Timestamp of the picture on show then, both in ms.

    Raises:
        VideoError: the file is no video that can be read.
    """
    rate = exact_rate(hz)
    instants: list[tuple[int, int]] = []
    for picture in _pictures(file, start_ms, end_ms, rate):
        instants.append((picture.millis, picture.millis))
        if picture.last or picture.until - picture.start > HELD_SECONDS:
            later = range(ceil(picture.start * rate) + 1, ceil(picture.until * rate))
            instants += [(floor(1000 * k / rate), picture.millis) for k in later]
    return np.array(instants, np.int64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A frame on show during ``[start, until)`` s. `last`: of the video."""

    millis: int
    start: Fraction
    until: Fraction
    last: bool


def _pictures(file: BinaryIO, start_ms: int, end_ms: int, rate: Fraction) -> list[_Picture]:
    """The frames on the grid of `rate`, of those within one millisecond the first."""
    with open_video(file) as video:
        timeline = read_timeline(video)
        seek(video, timeline, Fraction(start_ms, 1000) - lead(timeline, rate))
        times = _times(video, timeline, end_ms)
        if not times:
            return []
        ends = [timeline.seconds(time) for time in times[1:]]
        last = timeline.millis(times[-1]) < end_ms  # else there is one after it, at a time not known
        ends.append(last_until(video, timeline, times[-1]) if last else ends[-1] if ends else Fraction(0))
    pictures: dict[int, _Picture] = {}
    for time, end in zip(times, ends, strict=True):
        shown, millis = timeline.seconds(time), timeline.millis(time)
        if start_ms <= millis < end_ms and on_grid(shown, end, rate):
            pictures.setdefault(millis, _Picture(millis, shown, end, last and time == times[-1]))
    return list(pictures.values())


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
