"""Crowds with exact ground truth: people cut out of one video, pasted into its scene without people.

Everybody walks where they walked, moved sideways or mirrored, at another time. Who has walked to the end of
what was cut out vanishes, and somebody new appears at once, so that there are always as many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np
import numpy.typing as npt

from bench.tracking.conditions.cutouts import Cutout, Picture, Walk

_SEED = 7


@dataclass(frozen=True, eq=False)
class Visit:
    """A walk in a crowd: who, from which frame on, moved by so many pixels, mirrored first or not."""

    person: int
    first: int
    walk: Walk
    aside: int
    mirrored: bool


def visits(walks: Sequence[Walk], people: int, frames: int, width: int) -> list[Visit]:
    """So many people at a time, for so many frames of that width."""
    random = np.random.default_rng(_SEED)
    planned: list[Visit] = []
    for _ in range(people):
        frame = 0
        while frame < frames:
            walk = walks[int(random.integers(len(walks)))]
            if frame == 0:
                walk = walk[int(random.integers(len(walk) // 2)) :]
            mirrored = bool(random.integers(2))
            lefts = [_left(cut, width, mirrored) for cut in walk]
            rights = [left + cut.picture.shape[1] for left, cut in zip(lefts, walk, strict=True)]
            aside = int(random.integers(-min(lefts), width - max(rights) + 1))
            planned.append(Visit(len(planned) + 1, frame, walk, aside, mirrored))
            frame += len(walk)
    return planned


def pictures(
    empty: Picture, planned: Sequence[Visit], frames: range, truth: TextIO
) -> Iterator[npt.NDArray[np.uint8]]:
    """The pictures of those frames; `truth` gets a line for each person in each, as MOTChallenge has it.

    The last column is the visible share of the person.
    """
    for place, number in enumerate(frames):
        here = [visit for visit in planned if 0 <= number - visit.first < len(visit.walk)]
        # Whoever stands lower in the picture is nearer.
        here.sort(key=lambda visit: _foot(visit.walk[number - visit.first]))
        picture = empty.copy()
        owner = np.zeros(empty.shape[:2], np.int64)
        drawn = [(visit.person, *_pasted(picture, owner, visit, number)) for visit in here]
        for person, box, area in drawn:
            visible = np.count_nonzero(owner == person) / max(area, 1)
            sides = ",".join(f"{side:.2f}" for side in box)
            truth.write(f"{place + 1},{person},{sides},1,1,{visible:.3f}\n")
        yield picture


def _pasted(
    picture: Picture, owner: npt.NDArray[np.int64], visit: Visit, number: int
) -> tuple[tuple[float, ...], int]:
    """Their box and how many pixels are theirs, before anybody nearer comes."""
    cut = visit.walk[number - visit.first]
    height, width = cut.opacity.shape
    step = -1 if visit.mirrored else 1
    left, top = _left(cut, picture.shape[1], visit.mirrored) + visit.aside, cut.corner[1]
    place = slice(top, top + height), slice(left, left + width)
    opacity = cut.opacity[:, ::step, None]
    picture[place] = picture[place] * (1 - opacity) + cut.picture[:, ::step] * opacity
    mine = opacity[..., 0] > 0.5
    owner[place][mine] = visit.person
    x = picture.shape[1] - cut.box[0] - cut.box[2] if visit.mirrored else cut.box[0]
    return (float(x) + visit.aside, *map(float, cut.box[1:])), int(mine.sum())


def _left(cut: Cutout, width: int, mirrored: bool) -> int:
    return width - cut.corner[0] - cut.picture.shape[1] if mirrored else cut.corner[0]


def _foot(cut: Cutout) -> float:
    return float(cut.box[1] + cut.box[3])
