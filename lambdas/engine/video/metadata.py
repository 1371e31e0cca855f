"""GetPersonTracking's VideoMetadata of a video, true to the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from typing import Any, BinaryIO

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from engine.messages import video as messages
from engine.video.containers.container import FORMATS, OpenVideo, open_video
from engine.video.errors import VideoError
from engine.video.frames.keyframe import keyframe
from engine.video.frames.orientation import orientation_of
from engine.video.frames.pixel_aspect import PixelAspect, square_size
from engine.video.timing.clock_check import check_clock
from engine.video.timing.duration import shown_until
from engine.video.timing.extent import Extent, read_extent
from engine.video.timing.timeline import Timeline, read_timeline


@dataclass(frozen=True, slots=True)
class VideoMetadata:
    """A video that can be tracked.

    Attributes:
        codec: FFmpeg's name of the codec, e.g. ``h264``.
        duration_millis: how long it is shown; of a file that was cut off, what is there.
        format: ``QuickTime / MOV`` (MP4 too) or ``AVI``.
        rate: frames a second, exact; the mean one where it varies.
        frame_width, frame_height: in stored pixels, turned by `rotation`; not stretched to square ones.
        shown_size: width and height of the picture as shown, in square pixels.
        color_range: ``LIMITED`` or ``FULL``.
        rotation: clockwise degrees by which the stored frames are turned to be shown.
        constant_rate: whether all frames are equally long on show.
        created_at: when the container says that it was recorded, ISO 8601 in UTC; None where it says nothing.
        keyframes_ms: int64, rising: when the frames are decoded that decoding can begin with, as far as the
            container's index says.
        note: a line for the video's owner on what is missing from the file; None where it is whole. With one,
            `duration_millis` is what was found by reading.
    """

    codec: str
    duration_millis: int
    format: str
    rate: Fraction
    frame_width: int
    frame_height: int
    shown_size: tuple[int, int]
    color_range: str
    rotation: int
    constant_rate: bool
    note: str | None = None
    created_at: str | None = None
    keyframes_ms: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64), compare=False)

    @property
    def aspect(self) -> float:
        """Width / height of the picture as shown."""
        return self.shown_size[0] / self.shown_size[1]

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

    Of a file that was cut off, the duration is what can be read; one with much less than it claims is refused
    (`engine.video.timing.extent`).

    Args:
        file: seekable, in binary; left open.

    Raises:
        VideoError: with the one-line reason why the video cannot be tracked.
    """
    with open_video(file, threads=1) as video:
        timeline = read_timeline(video)
        check_clock(video)
        extent = read_extent(video, timeline)
        first = _first_frame(video, timeline)
        orientation = orientation_of(first)
        width, height = orientation.size(first.width, first.height)
        shown = orientation.size(*square_size(first.width, first.height, PixelAspect(video).current))
        full = first.color_range == ColorRange.JPEG or (first.format.name or "").startswith("yuvj")
        return VideoMetadata(
            codec=video.stream.codec_context.codec.canonical_name,
            duration_millis=max(1, floor(shown_until(video, timeline, extent) * 1000)),
            format=FORMATS[video.demuxer],
            rate=timeline.rate,
            frame_width=width,
            frame_height=height,
            shown_size=shown,
            color_range="FULL" if full else "LIMITED",
            rotation=orientation.degrees,
            constant_rate=timeline.constant,
            note=_note(video, extent),
            created_at=_created_at(video),
            keyframes_ms=_keyframes(video, timeline),
        )


def _note(video: OpenVideo, extent: Extent) -> str | None:
    return messages.joined(
        messages.cut_off(extent.readable, extent.claimed) if extent.cut_off else None,
        None if video.structure.indexed else messages.NO_AVI_INDEX,
    )


def _created_at(video: OpenVideo) -> str | None:
    text = video.container.metadata.get("creation_time", "")
    try:
        created = datetime.fromisoformat(text)
    except ValueError:
        return None
    # A recorder without a clock writes the first days of its epoch.
    created = created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)
    return created.isoformat(timespec="milliseconds") if created.year > 1980 else None


def _keyframes(video: OpenVideo, timeline: Timeline) -> NDArray[np.int64]:
    entries = (timeline.millis(entry.timestamp) for entry in video.stream.index_entries if entry.is_keyframe)
    return np.fromiter(entries, np.int64)


def _first_frame(video: OpenVideo, timeline: Timeline) -> VideoFrame:
    found = keyframe(video, timeline, Fraction(0))
    if found is None:
        raise VideoError(messages.NO_FRAME)
    return found[0]
