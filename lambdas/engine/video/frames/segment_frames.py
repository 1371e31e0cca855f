"""The frames of a segment that are analysed, decoded.

Which frames those are depends on the video and the analysis rate alone, never on where it was cut: every
decoder starts at the keyframe before its segment and gives only frames of the segment's own time. Frames
off the analysis grid are not converted and, where no other frame depends on them, not decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import av.error
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.video.containers.container import OpenVideo, open_video
from engine.video.errors import VideoError
from engine.video.frames.crop import crop
from engine.video.frames.decode_count import DecodeCounter
from engine.video.frames.orientation import Orientation, orientation_of
from engine.video.frames.pixel_aspect import SQUARE, PixelAspect, square_size
from engine.video.frames.references import non_reference_test
from engine.video.timing.duration import shown_until
from engine.video.timing.presentation_order import PresentationOrder
from engine.video.timing.sampling import Grid, exact_rate, on_grid
from engine.video.timing.seeking import seek
from engine.video.timing.timeline import Timeline, read_timeline

_STEPS_BACK = (0, 2, 10, 60)
"""How much further back, in s, to search for a keyframe that a decoder can start from."""

_LONGEST_ON_SHOW = Fraction(4)
"""Where the rate varies, how far before the segment, in s, the frame before it is searched for."""

_MOST_REORDERED = 16
"""Frames: no codec shows a frame later by more."""


class Frame:
    """One decoded frame. `number` counts frames from 0 (on the mean rate where it varies); `timestamp_ms`
    is the contract's Timestamp."""

    __slots__ = ("_orientation", "_pixels", "_scaler", "_stored", "number", "timestamp_ms")

    def __init__(
        self,
        stored: VideoFrame,
        number: int,
        timestamp_ms: int,
        scaler: VideoReformatter,
        pixels: Fraction = SQUARE,
    ) -> None:
        """`stored`: as it left the decoder, its pixels `pixels` times as wide as they are high."""
        self.number = number
        self.timestamp_ms = timestamp_ms
        self._stored = stored
        self._pixels = pixels
        self._orientation: Orientation = orientation_of(stored)
        self._scaler = scaler

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture as shown, in square pixels."""
        return self._orientation.size(*square_size(self._stored.width, self._stored.height, self._pixels))

    @property
    def stored_bytes(self) -> int:
        """What the frame holds in memory."""
        return sum(plane.buffer_size for plane in self._stored.planes)

    def resized(self, width: int, height: int, fmt: str = "rgb24") -> NDArray[np.uint8]:
        """The whole frame as shown, scaled to `width` × `height` (not keeping its shape).

        Args:
            fmt: ``rgb24`` or ``bgr24``.

        Returns:
            uint8 (height, width, 3), contiguous. One thread at a time for all frames of one reader.
        """
        stored_width, stored_height = self._orientation.size(width, height)
        # From twice the size on, averaging looks as good as filtering and takes half the time.
        small = self._stored.width >= 2 * stored_width and self._stored.height >= 2 * stored_height
        scaled = self._scaler.reformat(
            self._stored,
            stored_width,
            stored_height,
            fmt,
            interpolation=Interpolation.AREA if small else Interpolation.BILINEAR,
            threads=1,
        )
        return self._orientation.apply(scaled.to_ndarray().astype(np.uint8, copy=False))

    def crop(self, box: tuple[float, float, float, float], width: int, height: int) -> NDArray[np.uint8]:
        """A part of the frame out of its full resolution, scaled to `width` × `height`.

        Args:
            box: left, top, width, height as ratios of the frame as shown; what lies outside it is black.

        Returns:
            uint8 RGB (height, width, 3), contiguous.
        """
        return crop(self._stored, self._orientation, box, width, height)


def read_frames(
    file: BinaryIO,
    start_ms: int,
    end_ms: int,
    analysis_hz: float,
    *,
    threads: int = 0,
    with_previous: bool = False,
    counter: DecodeCounter | None = None,
) -> Iterator[Frame]:
    """The frames on the analysis grid with ``start_ms <= timestamp_ms < end_ms``, in order of time.

    The grid is global: the frames on show at ``k / analysis_hz`` s, k = 0, 1, … from the start of the video.
    Damaged packets are skipped; what can be decoded after them is given.

    Args:
        file: the video, seekable; left open.
        threads: decoding threads; one a core when 0.
        with_previous: whether to begin with the frame of the grid before `start_ms`, if there is one.
        counter: is given every frame decoded; complete once the last frame has been taken.

    Raises:
        VideoError: the file is no video that can be read.
    """
    hz = exact_rate(analysis_hz)
    with open_video(file, threads) as video:
        timeline = read_timeline(video)
        pixels = PixelAspect(video)
        scaler = VideoReformatter()
        before = lead(timeline, hz) if with_previous else Fraction(0)
        start = max(Fraction(0), Fraction(start_ms, 1000) - before)
        decoded = decode_from(video, timeline, start, hz, counter)
        previous: Frame | None = None
        last_millis = -1
        for stored, time, until in _with_end(decoded, video, timeline):
            millis = timeline.millis(time)
            if millis >= end_ms:
                return
            # Of frames within one millisecond, which a varying rate allows, the first.
            if on_grid(timeline.seconds(time), until, hz) and millis > last_millis:
                last_millis = millis
                frame = Frame(stored, timeline.number(time), millis, scaler, pixels.current)
                if millis < start_ms:
                    previous = frame
                    continue
                if with_previous and previous is not None:
                    yield previous
                    previous = None
                yield frame


def lead(timeline: Timeline, hz: Fraction) -> Fraction:
    """How many seconds before any instant the frame of the grid before it may be."""
    step = max(1 / hz, 1 / timeline.rate)
    return step + 1 / timeline.rate if timeline.constant else max(_LONGEST_ON_SHOW, 2 * step)


def _with_end(
    frames: Iterator[tuple[VideoFrame, int]], video: OpenVideo, timeline: Timeline
) -> Iterator[tuple[VideoFrame, int, Fraction]]:
    """Each frame and its time, with the instant in seconds at which it goes off show."""
    if timeline.constant:
        for frame, time in frames:
            yield frame, time, (timeline.number(time) + 1) / timeline.rate
        return
    held: tuple[VideoFrame, int] | None = None
    for frame, time in frames:
        if held is not None:
            yield *held, timeline.seconds(time)
        held = frame, time
    if held is not None:
        yield *held, last_until(video, timeline, held[1])


def last_until(video: OpenVideo, timeline: Timeline, time: int) -> Fraction:
    """When the last frame of the video, shown from `time` on, goes off show, in s.

    Leaves the container at an undefined position.
    """
    shown = timeline.seconds(time)
    if timeline.constant:
        return shown + 1 / timeline.rate
    try:
        until = shown_until(video, timeline)
    except VideoError:  # it was cut off since it was planned, or longer than can be processed
        until = shown
    return until if until > shown else shown + 1 / timeline.rate


def decode_from(
    video: OpenVideo,
    timeline: Timeline,
    start: Fraction,
    hz: Fraction | None = None,
    counter: DecodeCounter | None = None,
) -> Iterator[tuple[VideoFrame, int]]:
    """Frames with their times in the container's units, rising; the first is on show at `start` s or before.

    Where nothing can be decoded before `start`, it is the first that can.

    Args:
        hz: the analysis rate; frames off its grid may then be missing.
    """
    first: tuple[VideoFrame, int] | None = None
    # Where decoding times are all there is, the first frames decoded have no time to go by.
    margin = _MOST_REORDERED / timeline.rate if timeline.decoding_times else 0
    for back in _STEPS_BACK:
        seek(video, timeline, start - back - margin)
        if counter is not None:
            counter.restart(video.stream.codec_context.name)
        frames = _decode_on(video, timeline, hz, counter)
        first = next(frames, None)
        if back >= start or (first is not None and timeline.seconds(first[1]) <= start):
            break
    if first is None:
        return
    last = first[1]
    yield first
    first = None  # a frame may be large
    for frame, time in frames:
        if time > last:  # a decoder that guessed its delay wrong may step back once
            last = time
            yield frame, time


def _decode_on(
    video: OpenVideo, timeline: Timeline, hz: Fraction | None, counter: DecodeCounter | None
) -> Iterator[tuple[VideoFrame, int]]:
    grid = None if hz is None else Grid(timeline.rate, hz)
    disposable = non_reference_test(video.stream) if grid is not None and timeline.constant else None
    order = PresentationOrder(timeline.origin) if timeline.decoding_times else None
    for packet in _packets(video):
        unwanted = grid is not None and packet.pts is not None and timeline.number(packet.pts) not in grid
        if unwanted and disposable is not None and disposable(packet):
            continue
        if order is not None and packet.dts is not None:
            order.decoding(packet.dts)
            packet.pts = packet.dts  # comes out with the picture that is in this packet
        yield from _decode(video, timeline, packet, order, counter)
    yield from _decode(video, timeline, None, order, counter)


def _packets(video: OpenVideo) -> Iterator[Packet[VideoStream]]:
    """The packets from here on, until the container ends or breaks off; a picture in each."""
    # DivX packs a B-frame into the packet of the frame it depends on.
    unpack = video.demuxer == "avi" and video.stream.codec_context.name == "mpeg4"
    unpacker = BitStreamFilterContext("mpeg4_unpack_bframes", video.stream) if unpack else None
    packets = video.container.demux(video.stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None or (packet.dts is None and packet.size == 0):
                return
            if packet.size == 0:  # so an AVI repeats the frame before
                continue
            yield from [packet] if unpacker is None else unpacker.filter(packet)
        except av.error.FFmpegError:
            return


def _decode(
    video: OpenVideo,
    timeline: Timeline,
    packet: Packet[VideoStream] | None,
    order: PresentationOrder | None,
    counter: DecodeCounter | None,
) -> list[tuple[VideoFrame, int]]:
    """Frames in the order they are shown, with their presentation times; none without a time."""
    refused = False
    try:
        decoded = video.stream.codec_context.decode(packet)
    except av.error.FFmpegError:
        decoded, refused = [], True
    frames = [(frame, time) for frame in decoded if (time := _time(frame, order)) is not None]
    if counter is not None:
        if packet is not None and not packet.is_discard and (shown := _time(packet, None)) is not None:
            counter.given(timeline.millis(shown), refused=refused)
        for frame, time in frames:
            counter.decoded(timeline.millis(time), damaged=frame.is_corrupt)
    return frames


def _time(shown: VideoFrame | Packet[VideoStream], order: PresentationOrder | None) -> int | None:
    """A presentation time in the container's units; None if it is not known."""
    if isinstance(shown, VideoFrame) and order is not None:
        return None if shown.pts is None else order.shown(shown.pts, shown.pict_type)
    return shown.pts if shown.pts is not None else shown.dts
