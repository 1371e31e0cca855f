"""One frame at the least cost in time and memory: a keyframe needs no other frame."""

from __future__ import annotations

from fractions import Fraction

import av.error
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.video.containers.container import OpenVideo
from engine.video.frames.segment_frames import decode_from
from engine.video.timing.seeking import seek
from engine.video.timing.timeline import Timeline

_KEYFRAMES_TRIED = 20
"""Undecodable keyframes after which frames are decoded in turn."""


def keyframe(video: OpenVideo, timeline: Timeline, start: Fraction) -> tuple[VideoFrame, int] | None:
    """The keyframe shown at `start` s or the nearest before, and its time in the container's units.

    Where that one cannot be decoded, one of the next; where none can, the first frame that can; else None.
    """
    seek(video, timeline, start)
    tried = 0
    try:
        for packet in video.container.demux(video.stream):
            if packet.size and packet.is_keyframe and not packet.is_discard:
                time = packet.dts if timeline.decoding_times or packet.pts is None else packet.pts
                for frame in _alone(video, packet):
                    if time is not None and time >= timeline.origin:
                        return frame, time
                tried += 1
            if tried == _KEYFRAMES_TRIED:
                break
    except av.error.FFmpegError:
        pass  # the container breaks off here
    return next(decode_from(video, timeline, start), None)


def _alone(video: OpenVideo, packet: Packet[VideoStream]) -> list[VideoFrame]:
    """What the packet decodes to without waiting for others that might be shown earlier."""
    context = video.stream.codec_context
    try:
        return [*context.decode(packet), *context.decode(None)]
    except av.error.FFmpegError:
        return []
    finally:
        context.flush_buffers()
