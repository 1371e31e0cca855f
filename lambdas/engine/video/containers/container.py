"""Opening a video: only the contract's containers, only this one file, only within bounds.

Uploads are untrusted input. The container is recognised by its first bytes and that demuxer alone
is used (a playlist named .mp4 never reaches the one that would follow it), protocols and references to
other files are closed, only decoders that cameras and editors need may run, and sizes and durations are
bounded before any decoding.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from typing import BinaryIO

import av
import av.error
from av.codec.context import CodecContext
from av.container import InputContainer
from av.video.stream import VideoStream

from engine.messages import video as messages
from engine.runtime.cores import usable_cores
from engine.video.containers import mp4_boxes, riff
from engine.video.containers.signature import demuxer_of
from engine.video.errors import VideoError
from engine.video.source.file_prefix import FilePrefix

MAX_SECONDS = 6 * 3600
"""The longest video: Rekognition's own limit."""

MAX_SIDE = 8192
"""Pixels of a frame's longer side."""

MAX_PIXELS = 8192 * 4352
"""Pixels of a frame: 8K and a little. `python -m bench.speed.memory` measures what such frames take."""

MAX_RATE = 10_000
"""Frames a second. A rate above is the container's clock, not a camera's; high-speed cameras record 1,000."""

MAX_SAMPLES = MAX_SECONDS * 240
"""Frames of a video: six hours at 240 a second."""

_INTRA_CODECS = frozenset(
    {"mjpeg", "prores", "dnxhd", "dvvideo", "rawvideo", "ffv1", "huffyuv", "ffvhuff", "cinepak", "png"}
)
"""Codecs whose decoders hold two frames or three."""


def max_frame_bytes(codec: str) -> int:
    """Memory that a decoded frame may take: the less, the more of them its decoder holds.

    8K is 3 bytes a pixel at ten bits in 4:2:0, 4 in 4:2:2 as cameras record it, 8 at sixteen bits in RGBA. An
    H.264 decoder may hold twenty-three. `python -m bench.speed.memory` measures that these fit.
    """
    if codec in _INTRA_CODECS:
        return MAX_PIXELS * 8
    return MAX_PIXELS * (3 if codec == "h264" else 4)


LARGE_FRAME_BYTES = 32 * 1024**2
"""Memory of a decoded frame above which few are held at once. 4K with ten bits is below it, 8K above."""

FORMATS = {"mov": "QuickTime / MOV", "avi": "AVI"}
"""Demuxer → how the contract words the container; an MP4 is a QuickTime / MOV to it."""

_ISO_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"uuid"}

_CODECS = (
    "h264,hevc,mpeg4,mjpeg,mpeg1video,mpeg2video,msmpeg4,msmpeg4v1,msmpeg4v2,h263,flv,vp8,vp9,av1,libdav1d,"
    "prores,dnxhd,dvvideo,rawvideo,ffv1,huffyuv,ffvhuff,cinepak,indeo3,wmv1,wmv2,wmv3,vc1,svq1,svq3,qtrle,png"
)
_PLAYABLE = frozenset(_CODECS.split(","))


@dataclass(frozen=True, slots=True)
class OpenVideo:
    """An open container and the one stream of it that is analysed.

    Attributes:
        structure: what the container's own boxes say.
    """

    container: InputContainer
    stream: VideoStream
    demuxer: str
    file_bytes: int
    structure: mp4_boxes.Structure


@contextmanager
def open_video(file: BinaryIO, threads: int = 0) -> Iterator[OpenVideo]:
    """Opens a video for demuxing and decoding; the file itself is left open afterwards.

    Args:
        file: seekable, in binary; its position is of no matter before and undefined after.
        threads: decoding threads; one a core when 0.

    Raises:
        VideoError: the file is empty, no MP4, MOV or AVI, has no video stream or one that is out of bounds,
            is encrypted, or its codec cannot be decoded.
    """
    file_bytes = file.seek(0, os.SEEK_END)
    demuxer = demuxer_of(file)
    structure = mp4_boxes.inspect(file, MAX_SAMPLES) if demuxer == "mov" else riff.inspect(file)
    container, structure = _opened(file, demuxer, structure)
    with container:
        if structure.fragmented and not _has_frames(container) and not mp4_boxes.has_whole_fragment(file):
            raise VideoError(messages.NO_FRAGMENT)
        stream = _video_stream(container)
        _check_bounds(stream)
        for other in container.streams:
            if other is not stream:
                other.discard = av.stream.Discard.all
        stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        # Threads that decode a frame each hold a frame more each; threads on parts of one frame do not.
        stream.thread_type = "AUTO" if frame_bytes(stream) <= LARGE_FRAME_BYTES else "SLICE"
        stream.thread_count = threads or usable_cores()
        try:
            yield OpenVideo(container, stream, demuxer, file_bytes, structure)
        except av.error.FFmpegError as error:
            raise VideoError(messages.DAMAGED) from error


def _opened(
    file: BinaryIO, demuxer: str, structure: mp4_boxes.Structure
) -> tuple[InputContainer, mp4_boxes.Structure]:
    """The container, and its structure as far as it is there. Raises VideoError."""
    failure: Exception | None = None
    for part, found in _parts(file, structure):
        try:
            return _demuxed(part, demuxer), found
        except (av.error.FFmpegError, ValueError) as error:
            failure = failure or error
    raise VideoError(messages.NOT_OPENED) from failure


def _parts(
    file: BinaryIO, structure: mp4_boxes.Structure
) -> Iterator[tuple[BinaryIO | FilePrefix, mp4_boxes.Structure]]:
    """The whole file, then as much of it as may open where the whole does not."""
    yield file, structure
    # The demuxer gives up on a fragment whose header is cut off, and with it on all before.
    whole = mp4_boxes.end_of_whole_fragments(file) if structure.fragmented else None
    if whole is not None:
        yield FilePrefix(file, whole), replace(structure, cut_off=True)


def _demuxed(file: BinaryIO | FilePrefix, demuxer: str) -> InputContainer:
    """Raises FFmpegError or ValueError."""
    file.seek(0)
    return av.open(
        file,
        "r",
        format=demuxer,
        buffer_size=1 << 16,
        metadata_errors="replace",
        io_open=_refuse,
        options={
            "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,avi",
            "protocol_whitelist": "none",
            "codec_whitelist": _CODECS,
            "enable_drefs": "0",
            "use_absolute_path": "0",
            "max_streams": "64",
            "max_pixels": str(MAX_PIXELS),
        },
    )


def frame_bytes(stream: VideoStream) -> int:
    """What a decoded frame of the stream takes in memory; of a pixel format not yet known, what RGB would."""
    pixels = stream.format
    bits = pixels.padded_bits_per_pixel if pixels is not None else 24
    return stream.width * stream.height * bits // 8


def claimed_seconds(video: OpenVideo) -> Fraction | None:
    """How long the container says that the pictures are shown, in seconds; None where it does not.

    Of an MP4 or MOV, no longer than its track header says: the last frame of a sample table may go on for
    days. Time before the first frame, in which an edit list shows nothing, is left out.
    """
    stream, clocks = video.stream, video.structure.clocks
    seconds: Fraction | None = None
    if stream.duration is not None and stream.time_base is not None and stream.duration > 0:
        seconds = stream.duration * stream.time_base
    elif video.container.duration is not None and video.container.duration > 0:
        seconds = Fraction(video.container.duration, av.time_base)
    track = clocks.track(stream.id, b"vide") if clocks is not None else None
    if seconds is None or track is None:
        return seconds
    late = sum((edit.seconds for edit in takewhile(lambda edit: edit.start < 0, track.edits)), Fraction(0))
    stated = track.stated or sum((edit.seconds for edit in track.edits), Fraction(0))
    return min(seconds, stated - late) if stated > late else seconds


def _has_frames(container: InputContainer) -> bool:
    """Whether the index, as far as it has been read, lists a frame of any video stream."""
    return any(stream.index_entries for stream in container.streams.video)


def _video_stream(container: InputContainer) -> VideoStream:
    pictures = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    streams = [stream for stream in container.streams.video if not stream.disposition & pictures]
    if not streams:
        raise VideoError(messages.SOUND_ALONE if container.streams.audio else messages.NO_VIDEO_STREAM)
    stream = _moving(streams)
    context: CodecContext | None = stream.codec_context  # None without a decoder, whatever its type says
    if context is None:
        raise VideoError(messages.UNKNOWN_CODEC)
    if context.name not in _PLAYABLE:
        raise VideoError(messages.codec(context.name))
    return stream


def _moving(streams: list[VideoStream]) -> VideoStream:
    """The first stream; where that is a single picture in front of a video, the first of more frames."""
    first = streams[0]
    if first.frames != 1:
        return first
    return next((stream for stream in streams if stream.frames > 1), first)


def _check_bounds(stream: VideoStream) -> None:
    width, height = stream.width, stream.height
    if width <= 0 or height <= 0:  # the demuxer leaves out sizes that it finds absurd
        raise VideoError(messages.NO_FRAME_SIZE)
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise VideoError(messages.too_large(width, height, MAX_SIDE, MAX_PIXELS))
    most = max_frame_bytes(stream.codec_context.name)
    if frame_bytes(stream) > most:
        raise VideoError(messages.too_heavy(frame_bytes(stream), most))
    if stream.frames > MAX_SAMPLES:
        raise VideoError(messages.too_many_frames(stream.frames, MAX_SAMPLES))


def _refuse(url: str, flags: int, options: dict[str, str]) -> BinaryIO:  # noqa: ARG001 - PyAV's signature
    raise PermissionError("a video may not reach for other files")
