"""Sequences of crowds, made from one whose camera stands still."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.tracking.conditions import crowd, cutouts
from bench.tracking.conditions.degraded import rate
from bench.tracking.conditions.encoding import write_video
from bench.tracking.mot import Sequence

Sizes = tuple[int, ...]

FRAMES = range(0, 150, 2)
"""Of the video that people are cut out of, those that are made for each crowd: 15 s of PETS09-S2L1."""

_SHORTEST = 25
"""Frames of a walk."""


def crowds(sequence: Sequence, video: Path, sizes: Sizes, root: Path) -> list[tuple[Sequence, Path]]:
    """For each number of people a sequence and its video, made under `root` if missing."""
    digest = _digest(sequence, video)
    named = [(size, root / f"crowd-{size}-{digest}") for size in sizes]
    if not all((folder / "video.mp4").exists() for _, folder in named):
        empty = cutouts.background(video)
        walks = cutouts.walks(video, sequence.truth(), empty, _SHORTEST)
        for size, folder in named:
            folder.mkdir(parents=True, exist_ok=True)
            planned = crowd.visits(walks, size, FRAMES.stop, empty.shape[1])
            with (folder / "gt.txt").open("w") as truth:
                shown = crowd.pictures(empty, planned, FRAMES, truth)
                write_video(shown, rate(video) / FRAMES.step, folder / "video.mp4")
    return [
        (replace(sequence, folder=folder, name=f"crowd of {size}", length=len(FRAMES)), folder / "video.mp4")
        for size, folder in named
    ]


def visible(sequence: Sequence) -> npt.NDArray[np.float64]:
    """The visible share (n,) of every person in every frame of a crowd, as `Sequence.truth` orders them."""
    table = np.loadtxt(sequence.folder / "gt.txt", delimiter=",", ndmin=2)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return np.asarray(table[:, 8], np.float64)


def _digest(sequence: Sequence, video: Path) -> str:
    """Another one for another video, truth or way of making crowds."""
    digest = hashlib.sha256(video.read_bytes())
    digest.update(np.ascontiguousarray(sequence.truth().boxes).tobytes())
    for module in ("crowd.py", "cutouts.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    return digest.hexdigest()[:16]
