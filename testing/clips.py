"""Videos the tests make: every frame shows its number, so that a test can tell which one it was given."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_BITS = 12
_COLUMNS, _ROWS = 4, 3


def numbered(number: int, width: int, height: int) -> Image:
    """An RGB picture (height, width, 3) with `number` (0 … 4095) in it as a grid of dark and light fields."""
    rows = np.minimum(np.arange(height) * _ROWS // height, _ROWS - 1)
    columns = np.minimum(np.arange(width) * _COLUMNS // width, _COLUMNS - 1)
    bit = rows[:, None] * _COLUMNS + columns
    light = (number >> bit) & 1
    return np.repeat(np.where(light, 200, 50).astype(np.uint8)[:, :, None], 3, axis=2)


def grain(number: int, width: int, height: int) -> Image:
    """A picture of noise: frames of about the same size, so that half of a file is half of its frames."""
    return np.random.default_rng(number).integers(60, 160, (height, width, 3), np.uint8)


def number_in(image: Image) -> int:
    """The number that `numbered` put in a picture of any size, however it was compressed."""
    height, width = image.shape[:2]
    number = 0
    for bit in range(_BITS):
        row, column = divmod(bit, _COLUMNS)
        y = slice(int((row + 0.3) * height / _ROWS), math.ceil((row + 0.7) * height / _ROWS))
        x = slice(int((column + 0.3) * width / _COLUMNS), math.ceil((column + 0.7) * width / _COLUMNS))
        number |= int(image[y, x].mean() > 125) << bit
    return number


def copy_beginning(source: Path, path: Path, seconds: float) -> Path:
    """Writes the first `seconds` of a video's pictures to `path`, as they are: nothing is encoded anew."""
    with av.open(str(source)) as whole, av.open(str(path), "w") as part:
        stream = whole.streams.video[0]
        copy = part.add_stream_from_template(stream)
        for packet in whole.demux(stream):
            if packet.dts is None or packet.dts * packet.time_base >= seconds:
                break
            packet.stream = copy
            part.mux(packet)
    return path


def make_clip(
    path: Path,
    frames: int = 50,
    fps: Fraction | int = 25,
    size: tuple[int, int] = (320, 240),
    *,
    codec: str = "libx264",
    container: str | None = None,
    options: dict[str, str] | None = None,
    movflags: str | None = None,
    rotate: float = 0,
    mirror: bool = False,
    pixels: Fraction | None = None,
    times: Iterable[Fraction] | None = None,
    until: Fraction | None = None,
    pix_fmt: str = "yuv420p",
    full_range: bool = False,
    sound: bool | float = False,
    picture: Callable[[int, int, int], Image] = numbered,
) -> Path:
    """Writes a video.

    Args:
        path: where to; its suffix tells the container unless `container` does (``mp4``, ``mov``, ``avi``, …).
        frames: how many; each shows its number from 0.
        fps: frames a second.
        size: width and height as stored.
        options: the encoder's, e.g. ``{"bf": "3", "g": "50"}``.
        movflags: the MP4 writer's, e.g. ``faststart``.
        rotate: degrees counter-clockwise that a player has to turn the stored frames by.
        mirror: whether a player has to mirror them (left to right).
        pixels: width over height of a pixel, written to the container and the codec; nothing is when None.
        times: when each frame is shown, in s, for a variable rate, edits or a late start; those below 0 are
            hidden.
        until: when the last frame goes off show, in s, to be written as its duration.
        sound: whether there is a sound track too, as long as the pictures or that many seconds.
        picture: (number, width, height) → RGB picture, to show something else than numbers.

    Returns:
        `path`.
    """
    rate = Fraction(fps)
    clock = 1 / rate if times is None else Fraction(1, 30_000)
    moments = [Fraction(number) / rate for number in range(frames)] if times is None else list(times)
    writer = {"movflags": movflags} if movflags else {}
    if moments[0] < 0:
        writer |= {"use_editlist": "1", "avoid_negative_ts": "disabled"}
    with av.open(str(path), "w", format=container, container_options=writer) as output:
        video = output.add_stream(codec, rate=rate)
        assert isinstance(video, av.VideoStream)
        video.width, video.height = size
        video.pix_fmt = pix_fmt
        video.codec_context.time_base = clock
        if pixels is not None:
            video.codec_context.sample_aspect_ratio = pixels
        if full_range:
            video.codec_context.color_range = 2
        video.codec_context.thread_count = 1
        video.options = dict(options or {})
        if rotate or mirror:
            video.set_display_rotation(rotate, hflip=mirror)
        if sound:
            _add_sound(output, float(frames / rate) if sound is True else sound)
        for number, moment in enumerate(moments):
            frame = av.VideoFrame.from_ndarray(picture(number, *size), format="rgb24")
            frame = frame.reformat(format=pix_fmt, dst_color_range=2 if full_range else 1)
            frame.pts, frame.time_base = round(moment / clock), clock
            output.mux(_lasting(video.encode(frame), moments, until, clock))
        output.mux(_lasting(video.encode(None), moments, until, clock))
    return path


def _lasting(
    packets: list[av.Packet[av.VideoStream]], moments: list[Fraction], until: Fraction | None, clock: Fraction
) -> list[av.Packet[av.VideoStream]]:
    """The packets with the durations of their frames, where these are wanted."""
    if until is not None:
        ends = {round(one / clock): round(other / clock) for one, other in pairwise([*moments, until])}
        for packet in packets:
            assert packet.pts is not None
            packet.duration = ends[packet.pts] - packet.pts
    return packets


def make_sound(path: Path, seconds: float = 2) -> Path:
    """Writes a file with sound and no picture."""
    with av.open(str(path), "w") as output:
        _add_sound(output, seconds)
    return path


def _add_sound(output: av.container.OutputContainer, seconds: float) -> None:
    rate = 48_000
    stream = output.add_stream("aac", rate=rate)
    stream.layout = "mono"
    for start in range(0, round(seconds * rate), 1024):
        wave = np.sin(np.arange(start, start + 1024) * (2 * np.pi * 440 / rate)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, start
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))
