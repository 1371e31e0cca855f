"""The last packets of a video: when its last frames are shown."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import av.error

from engine.video.containers.container import MAX_SECONDS, OpenVideo

PACKETS = 40
"""Far more than any codec reorders."""

BEYOND = 1 << 48
"""Units after the end of any video, whatever its clock."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A packet's frame: when it is decoded, when it is shown and when the packet's time is over.

    All in the container's units. `hidden`: by an edit list.
    """

    decoded: int
    time: int
    end: int
    hidden: bool


def read_tail(video: OpenVideo, *, decoding_times: bool = False) -> list[Shown]:
    """The last frames in the order they are decoded; none where the end is missing.

    Up to `PACKETS` of them, or those from the last keyframe on where there is an index of fragments: of what
    lies between it and the fragments that have been read, nothing is known. Only the end of the video is read
    where it has an index. Leaves the container at an undefined position.

    Args:
        decoding_times: whether frames are taken at their decoding times, as in an AVI.
    """
    expected = 1 if video.structure.claimed is not None else min(PACKETS, len(video.stream.index_entries))
    longest = 0 if video.stream.time_base is None else MAX_SECONDS / video.stream.time_base
    frames: deque[Shown] = deque(maxlen=PACKETS)
    try:
        _seek_last(video, expected)
        for packet in video.container.demux(video.stream):
            time = packet.dts if decoding_times or packet.pts is None else packet.pts
            if packet.is_corrupt:
                return []
            if time is not None and packet.size:
                length = packet.duration or 0
                end = time + length if 0 < length <= longest else time  # else absurd, and not known
                decoded = packet.dts if packet.dts is not None else time
                frames.append(Shown(decoded, time, end, packet.is_discard))
    except av.error.FFmpegError:
        return []  # the container breaks off here
    return list(frames) if len(frames) >= expected else []


def _seek_last(video: OpenVideo, packets: int) -> None:
    """Moves to the last packets, that many; raises FFmpegError."""
    if video.structure.claimed is not None:
        video.container.seek(BEYOND, stream=video.stream)
        return
    entries = video.stream.index_entries
    start = entries[len(entries) - packets].timestamp if packets else 0
    video.container.seek(start, stream=video.stream, any_frame=True)


def end_of(tail: list[Shown]) -> int | None:
    """When the last frame goes off show, in the container's units; None where the tail does not say.

    A packet's duration is the time to the packet after it. Where frames are reordered, that is not the time
    to the frame after it: the last frame is then shown for no longer than the one before it.
    """
    tail = [frame for frame in tail if not frame.hidden]
    frames = sorted(tail, key=lambda frame: frame.time)
    if not frames or frames[-1].end == frames[-1].time:
        return None
    last, end = frames[-1], frames[-1].end
    if last is not tail[-1] and len(frames) > 1:
        end = min(end, 2 * last.time - frames[-2].time)
    return max(end, tail[-1].end)
