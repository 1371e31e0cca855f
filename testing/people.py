"""Short videos of real people."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from testing.clips import copy_beginning, make_clip
from testing.pictures import portrait, resized
from tools.clip import demo_clip
from tools.errors import ToolError

FACE_HEIGHT = 90 / 480
"""Of the face in `face_clip`, as a ratio of the frame, by about a tenth."""


def people_clip(path: Path, seconds: float) -> Path:
    """Writes the first `seconds` of the demo clip to `path`, as they are: 768×576, 10 Hz, AVI.

    Skips the test where the clip can be had neither from the cache nor by apt.
    """
    try:
        whole = demo_clip()
    except ToolError as problem:
        pytest.skip(str(problem))
    return copy_beginning(whole, path, seconds)


_STANDING = (252, 219, 29, 90)
"""Left, top, width and height in pixels of somebody in the first frame of the demo clip, nobody else near."""


def standing_person(
    width: int, height: int, tall: float
) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """An RGB picture (height, width, 3) of somebody who stands in its middle, and their box in ratios.

    `tall`: their height as a ratio of the picture's. Skips the test where the demo clip cannot be had.
    """
    try:
        whole = demo_clip()
    except ToolError as problem:
        pytest.skip(str(problem))
    with av.open(str(whole)) as source:
        frame = next(source.decode(video=0)).to_ndarray(format="rgb24")
    left, top, wide, high = _STANDING
    shown_high = high / tall
    shown_wide = shown_high * width / height
    first_x, first_y = left + wide / 2 - shown_wide / 2, top + high / 2 - shown_high / 2
    part = frame[round(first_y) : round(first_y + shown_high), round(first_x) : round(first_x + shown_wide)]
    box = (0.5 - wide / shown_wide / 2, 0.5 - tall / 2, wide / shown_wide, tall)
    return resized(np.ascontiguousarray(part), width, height), box


def thinned(source: Path, path: Path, every: int) -> Path:
    """Writes one of `every` frames of a video to `path`, each shown at its own time."""
    pictures, moments = [], []
    with av.open(str(source)) as video:
        for number, frame in enumerate(video.decode(video=0)):
            if number % every == 0:
                pictures.append(frame.to_ndarray(format="rgb24"))
                assert frame.pts is not None
                assert frame.time_base is not None
                moments.append(Fraction(frame.pts * frame.time_base))
        whole_rate = video.streams.video[0].average_rate
    assert whole_rate is not None
    rate = Fraction(whole_rate) / every
    size = pictures[0].shape[1], pictures[0].shape[0]

    def draw(number: int, _width: int, _height: int) -> np.ndarray:
        return pictures[number]

    return make_clip(
        path, len(pictures), rate, size, times=[one - moments[0] for one in moments], picture=draw
    )


def face_clip(
    path: Path,
    *,
    quarter_turns: int = 0,
    times: Sequence[Fraction] | None = None,
    stored: tuple[int, int] | None = None,
) -> Path:
    """Writes fifty frames (640×480, 25 Hz) of a portrait that moves to the right, its face 90 pixels high.

    Args:
        quarter_turns: how often the frames are stored turned clockwise, for a player to turn back.
        times: when each frame is shown, in s, instead of 25 a second.
        stored: width and height that frames are squeezed or stretched to; a player undoes it by the shape of
            the pixels.
    """
    size = 260
    picture = resized(portrait(), size, size)

    def draw(number: int, _width: int, _height: int) -> np.ndarray:
        frame = np.full((480, 640, 3), 140, np.uint8)
        left = 60 + 4 * number
        frame[480 - size :, left : left + size] = picture
        turned = np.rot90(frame, -quarter_turns).copy()
        return turned if stored is None else resized(turned, *stored)

    shown = (480, 640) if quarter_turns % 2 else (640, 480)
    pixels = None if stored is None else Fraction(shown[0] * stored[1], shown[1] * stored[0])
    rotate = 90 * quarter_turns
    return make_clip(path, 50, 25, stored or shown, rotate=rotate, pixels=pixels, times=times, picture=draw)
