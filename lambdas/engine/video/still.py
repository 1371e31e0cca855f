"""A still of the scene to draw paths on."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import BinaryIO

import av
import av.error
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from engine.video.containers.container import LARGE_FRAME_BYTES, frame_bytes, open_video
from engine.video.errors import VideoError
from engine.video.frames.keyframe import keyframe
from engine.video.frames.pixel_aspect import PixelAspect
from engine.video.frames.segment_frames import Frame, read_frames
from engine.video.metadata import VideoMetadata
from engine.video.segments import lead_in
from engine.video.timing.timeline import read_timeline
from shared.still import Still

WIDTH = 960
"""Of the widest still, in pixels."""

_MOST_DECODED_MS = 60_000
"""What is decoded for a still at most: of 4K, a third of the time that the planning function has."""


def still_millis(metadata: VideoMetadata) -> int:
    """When to take a still, in ms: in the middle of the video, or 60 s after the keyframe before it."""
    middle = metadata.duration_millis // 2
    return min(middle, middle - lead_in(metadata, middle) + _MOST_DECODED_MS)


def scene_still(file: BinaryIO, at_ms: int) -> Still | None:
    """The frame shown at `at_ms`, or within a second, upright and in square pixels.

    Of large frames, the keyframe before. None where there is none: tracks are not lost for want of a picture.

    Args:
        file: the video, seekable; left open.
        at_ms: milliseconds from the start.
    """
    try:
        frame = _keyframe_if_large(file, at_ms) or next(
            read_frames(file, at_ms, at_ms + 5_000, 1.0, threads=1), None
        )
        return None if frame is None else _encoded(frame)
    except (VideoError, av.error.FFmpegError):
        return None


def _keyframe_if_large(file: BinaryIO, at_ms: int) -> Frame | None:
    """Decoding on from a keyframe would hold more large frames than the planning function has memory for."""
    with open_video(file, threads=1) as video:
        if frame_bytes(video.stream) <= LARGE_FRAME_BYTES:
            return None
        timeline = read_timeline(video)
        found = keyframe(video, timeline, Fraction(at_ms, 1000))
        if found is None:
            return None
        stored, time = found
        pixels = PixelAspect(video).current
        return Frame(stored, timeline.number(time), timeline.millis(time), VideoReformatter(), pixels)


def _encoded(frame: Frame) -> Still:
    width, height = frame.size
    shown = min(width, WIDTH) // 2 * 2
    picture = VideoFrame.from_ndarray(
        frame.resized(shown, max(2, round(height * shown / width / 2) * 2)), format="rgb24"
    ).reformat(format="yuvj420p")
    picture.pts = 0
    out = io.BytesIO()
    with av.open(out, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg")
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuvj420p"
        stream.options = {"qmin": "3", "qmax": "6"}
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return Still(out.getvalue(), picture.width, picture.height, frame.timestamp_ms)
