"""People cut out of a video whose camera stands still, against the scene without them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from bench.tracking.mot import Rows

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_EVERY = 20
"""Of the frames, for the median."""

_DIFFERENT = 26
"""Of a pixel's 256 levels, in the colour that differs most: what is no longer background."""

_MARGIN = 3
"""Pixels around a box that may still be of the person."""

_LEAST_FILLED = 0.25
"""Share of the box; less is a person who does not stand out from the background."""


@dataclass(frozen=True, eq=False)
class Cutout:
    """A person in one frame.

    Attributes:
        box: float32 (4,), left, top, width, height in pixels of the frame.
        corner: of the picture, x and y in the frame.
        picture: uint8 (h, w, 3).
        opacity: float32 (h, w), 0 to 1.
    """

    box: Floats
    corner: tuple[int, int]
    picture: Picture
    opacity: Floats


Walk = list[Cutout]
"""One person in frames one after the other."""


def background(video: Path) -> Picture:
    """The scene without people: of each pixel the median over the video."""
    some = itertools.islice(_pictures(video), 0, None, _EVERY)
    median: Picture = np.median(np.stack(list(some)), axis=0).astype(np.uint8)
    return median


def walks(video: Path, people: Rows, empty: Picture, least: int) -> list[Walk]:
    """Everybody wherever nobody else is near and they are wholly in view, for `least` frames and more.

    `people`: boxes as ratios of the frame. Longest first.
    """
    height, width = empty.shape[:2]
    boxes = people.boxes * np.tile([width, height], 2).astype(np.float32)
    last: dict[int, int] = {}
    found: dict[int, list[Walk]] = {}
    edges = np.searchsorted(people.frames, np.arange(int(people.frames[-1]) + 2))
    for number, picture in enumerate(_pictures(video)):
        if number + 1 >= len(edges):
            break
        rows = np.arange(edges[number], edges[number + 1])
        for row in rows[_alone(boxes[rows], width, height)].tolist():
            cut = _cut(picture, empty, boxes[row])
            if cut is None:
                continue
            person = int(people.ids[row])
            if last.get(person) != number - 1:
                found.setdefault(person, []).append([])
            found[person][-1].append(cut)
            last[person] = number
    every = [walk for several in found.values() for walk in several if len(walk) >= least]
    return sorted(every, key=len, reverse=True)


def _pictures(video: Path) -> Iterator[Picture]:
    with av.open(str(video)) as source:
        for frame in source.decode(video=0):
            yield frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def _alone(boxes: Floats, width: int, height: int) -> npt.NDArray[np.bool_]:
    """Which boxes (n, 4) touch no other, and not the frame's border."""
    grown = boxes + np.array([-_MARGIN, -_MARGIN, 2 * _MARGIN, 2 * _MARGIN], np.float32)
    least, most = grown[:, :2], grown[:, :2] + grown[:, 2:]
    shared = np.minimum(most[:, None], most[None]) - np.maximum(least[:, None], least[None])
    touching = (shared > 0).all(-1)
    np.fill_diagonal(touching, val=False)
    inside = (least >= 0).all(1) & (most <= np.array([width, height])).all(1)
    result: npt.NDArray[np.bool_] = inside & ~touching.any(1)
    return result


def _cut(picture: Picture, empty: Picture, box: Floats) -> Cutout | None:
    """The person in a box that lies in the frame with its margin; None where too little stands out."""
    left, top = (int(side) - _MARGIN for side in box[:2])
    right, bottom = (int(side) + _MARGIN + 1 for side in box[:2] + box[2:])
    place = slice(max(top, 0), bottom), slice(max(left, 0), right)
    part, behind = picture[place], empty[place]
    differs = np.abs(part.astype(int) - behind).max(-1) > _DIFFERENT
    # A pixel counts when most of its neighbours do: noise goes, and holes inside a body close.
    opacity = np.clip(3 * _blurred(_blurred(differs.astype(np.float32))) - 0.6, 0, 1)
    if opacity.sum() < _LEAST_FILLED * float(box[2] * box[3]):
        return None
    return Cutout(box, (max(left, 0), max(top, 0)), part.copy(), opacity)


def _blurred(mask: Floats) -> Floats:
    """Mean over 3 x 3 pixels."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(mask, 1, mode="edge"), (3, 3))
    mean: Floats = windows.mean((-1, -2), dtype=np.float32)
    return mean
