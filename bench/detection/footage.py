"""Pictures with people whose boxes are known: sequences of MOTChallenge, and mosaics of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from bench.tracking.material import video_of
from bench.tracking.mot import Sequence
from engine.video.frames.segment_frames import Frame, read_frames

Boxes = npt.NDArray[np.float32]

_MOSAICS = {"PETS09-S2L1": (2, 3), "TUD-Stadtmitte": (3, 5), "ADL-Rundle-6a": (2,)}
"""Sequences whose people are also shown small: so many frames beside and below one another."""

_SINGLE_FRAMES = 60
"""Of a sequence, at most so many frames are spread over its mosaics."""

_MOSAIC_PICTURES = 10


@dataclass(frozen=True)
class Footage:
    """Pictures of one scene, each with the boxes (n, 4) of the people in it, as ratios of the frame.

    `sequence`: of which these are the frames; no mosaic is evaluated with a fit to its own sequence.
    """

    name: str
    sequence: str
    pictures: Callable[[], Iterator[tuple[Frame, Boxes]]]


def footage_of(sequence: Sequence, hz: float) -> Iterator[Footage]:
    """The sequence at `hz` frames a second and its mosaics; nothing where it has no pictures."""
    video, folder = video_of(sequence), sequence.folder / "img1"
    if video is None and not folder.is_dir():
        return
    frames = partial(_stills, folder) if video is None else partial(_filmed, video, hz)
    pictures = partial(_with_truth, sequence, frames)
    yield Footage(sequence.name, sequence.name, pictures)
    for side in _MOSAICS.get(sequence.name, ()):
        yield Footage(f"{sequence.name} {side}x{side}", sequence.name, partial(_mosaics, pictures, side))


def _filmed(video: Path, hz: float) -> Iterator[Frame]:
    with video.open("rb") as file:
        # One decoding thread, which is idle while the detector's time is taken.
        yield from read_frames(file, 0, sys.maxsize, hz, threads=1)


def _stills(folder: Path) -> Iterator[Frame]:
    for path in sorted(folder.glob("*.jpg")):
        with av.open(str(path)) as picture:
            image = next(picture.decode(video=0)).to_ndarray(format="rgb24")
        yield _frame(image.astype(np.uint8, copy=False), int(path.stem) - 1)


def _with_truth(sequence: Sequence, frames: Callable[[], Iterator[Frame]]) -> Iterator[tuple[Frame, Boxes]]:
    truth = sequence.truth()
    for frame in frames():
        if frame.number < sequence.length:
            yield frame, truth.boxes[truth.frames == frame.number]


def _mosaics(
    pictures: Callable[[], Iterator[tuple[Frame, Boxes]]], side: int
) -> Iterator[tuple[Frame, Boxes]]:
    """Pictures of `side` x `side` frames, chosen by a fixed seed; none is larger than 4K."""
    every = list(pictures())
    every = every[:: max(1, len(every) // _SINGLE_FRAMES)]
    shrunk = max(1.0, side * every[0][0].size[0] / 3840)
    width, height = (int(length / shrunk) // 2 * 2 for length in every[0][0].size)
    shown = [(frame.resized(width, height), boxes) for frame, boxes in every]
    random = np.random.default_rng(7)
    for number in range(_MOSAIC_PICTURES):
        chosen = random.choice(len(shown), (side, side), replace=len(shown) < side * side)
        rows = [np.concatenate([shown[place][0] for place in row], axis=1) for row in chosen.tolist()]
        boxes = [
            (shown[place][1] + np.array([column, row, 0, 0], np.float32)) / side
            for (row, column), place in np.ndenumerate(chosen)
        ]
        yield _frame(np.concatenate(rows), number), np.concatenate(boxes)


def _frame(image: npt.NDArray[np.uint8], number: int) -> Frame:
    stored = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), "rgb24")
    return Frame(stored, number, 0, VideoReformatter())
