"""What GetPersonTracking's VideoMetadata says of a video, true to the file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any, BinaryIO

import av
import av.error
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange

from engine.video.container import FORMATS, MAX_SECONDS, OpenVideo, open_video, seconds_of
from engine.video.errors import VideoError
from engine.video.frames import decode_from, seek
from engine.video.orientation import orientation_of
from engine.video.pixel_aspect import PixelAspect, square_size
from engine.video.timeline import Timeline, read_timeline

_LOST_SECONDS, _LOST_PART = 2, Fraction(2, 100)


@dataclass(frozen=True, slots=True)
class VideoMetadata:
    """A video that can be tracked.

    Attributes:
        codec: FFmpeg's name of the codec, e.g. ``h264``.
        duration_millis: how long it is shown.
        format: ``QuickTime / MOV`` (MP4 too) or ``AVI``.
        rate: frames a second, exact; the mean one where it varies.
        frame_width, frame_height: in stored pixels, turned by `rotation`; not stretched to square ones.
        aspect: width / height of the picture as shown, in square pixels.
        color_range: ``LIMITED`` or ``FULL``.
        rotation: clockwise degrees by which the stored frames are turned to be shown.
        constant_rate: whether all frames are equally long on show.
    """

    codec: str
    duration_millis: int
    format: str
    rate: Fraction
    frame_width: int
    frame_height: int
    aspect: float
    color_range: str
    rotation: int
    constant_rate: bool

    @property
    def frame_rate(self) -> float:
        """Frames a second as the contract's 32-bit float."""
        return float(np.float32(self.rate))

    @property
    def frame_count(self) -> int:
        """Frames in the video; the mean rate times the duration where the rate varies. At least 1."""
        return max(1, round(Fraction(self.duration_millis, 1000) * self.rate))

    def as_contract(self) -> dict[str, Any]:
        """The VideoMetadata structure of the contract."""
        return {
            "Codec": self.codec,
            "DurationMillis": self.duration_millis,
            "Format": self.format,
            "FrameRate": self.frame_rate,
            "FrameHeight": self.frame_height,
            "FrameWidth": self.frame_width,
            "ColorRange": self.color_range,
        }


def read_metadata(file: BinaryIO) -> VideoMetadata:
    """Reads the container's index and decodes one frame, so that what passes here can be analysed.

    A file that was cut off is refused when more than 2 seconds and 2 % of what it claims are gone: paths
    that stop half way would pass for people who left. Below that, and for damage inside, what can be
    decoded is analysed.

    Args:
        file: seekable, in binary; left open.

    Raises:
        VideoError: with the one-line reason why the video cannot be tracked.
    """
    with open_video(file) as video:
        timeline = read_timeline(video)
        if video.cut_off:
            _refuse_cut_off(video, timeline)
        seconds = seconds_of(video.container, video.stream)
        if seconds is None or (video.fragmented and not video.stream.duration):
            seconds = _scanned_seconds(video, timeline)
        first = _first_frame(video, timeline)
        orientation = orientation_of(first)
        width, height = orientation.size(first.width, first.height)
        shown = orientation.size(*square_size(first.width, first.height, PixelAspect(video).current))
        full = first.color_range == ColorRange.JPEG or (first.format.name or "").startswith("yuvj")
        return VideoMetadata(
            codec=video.stream.codec_context.codec.canonical_name,
            duration_millis=max(1, floor(seconds * 1000)),
            format=FORMATS[video.demuxer],
            rate=timeline.rate,
            frame_width=width,
            frame_height=height,
            aspect=shown[0] / shown[1],
            color_range="FULL" if full else "LIMITED",
            rotation=orientation.degrees,
            constant_rate=timeline.constant,
        )


def _first_frame(video: OpenVideo, timeline: Timeline) -> VideoFrame:
    for frame, _ in decode_from(video, timeline, Fraction(0)):
        return frame
    raise VideoError("The video is truncated or damaged: no frame could be decoded.")


def _refuse_cut_off(video: OpenVideo, timeline: Timeline) -> None:
    """Raises VideoError if what the index promises beyond the end of the file is more than a trifle."""
    claimed: Fraction | None
    if video.demuxer == "avi":  # its index comes last and is gone, its duration is the demuxer's guess
        claimed, readable = video.stream.frames / timeline.rate, _scanned_seconds(video, timeline)
    else:
        claimed, readable = seconds_of(video.container, video.stream), _readable_seconds(video, timeline)
    if claimed and claimed - readable > max(Fraction(_LOST_SECONDS), _LOST_PART * claimed):
        raise VideoError(
            f"The video is truncated: {float(readable):.1f} of {float(claimed):.1f} seconds can be read."
        )


def _readable_seconds(video: OpenVideo, timeline: Timeline) -> Fraction:
    """Until when no frame lies beyond the end of the file, by the container's index."""
    times = [entry.timestamp for entry in video.stream.index_entries]
    whole = [
        entry.timestamp
        for entry in video.stream.index_entries
        if entry.pos + entry.size <= video.file_bytes and not entry.is_discard
    ]
    if not whole:
        return Fraction(0)
    return (max(whole) - min(times)) * timeline.time_base + 1 / timeline.rate


def _scanned_seconds(video: OpenVideo, timeline: Timeline) -> Fraction:
    """The duration of a file that tells none, from the presentation times of all its packets.

    Raises:
        VideoError: it goes on for longer than can be processed.
    """
    seek(video, timeline, Fraction(0))
    last = timeline.origin
    try:
        for packet in video.container.demux(video.stream):
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None and time > last:
                last = time
                if (last - timeline.origin) * timeline.time_base > MAX_SECONDS:
                    raise VideoError("The video is more than 6 hours long: at most 6 hours can be processed.")
    except av.error.FFmpegError:
        pass  # what follows a break in the container is not shown
    return (last - timeline.origin) * timeline.time_base + 1 / timeline.rate
