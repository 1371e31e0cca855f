"""The same video from every frame that an analysis may begin with.

Which frames are analysed depends on the first one, and with it, in a crowd, several HOTA: a mean over all
says more than any one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.tracking.evaluation import Figures, evaluate
from bench.tracking.material import Material, filmed, own
from bench.tracking.mot import Rows

Answers = Mapping[str, Sequence[tuple[Material, Rows]]]
"""By name of an answer: its paths on every material."""


def from_every_start(whole: Material, hz: float) -> list[Material]:
    """Material of every frame, analysed at `hz` from each of the frames between two that are analysed."""
    fps = (len(whole.seconds) - 1) / float(whole.seconds[-1])
    return [whole.since(first).at(hz) for first in range(max(1, round(fps / hz)))]


def of_every_video(root: Path, detector: str, hz: float) -> list[Material]:
    """The product's own detections in the filmed sequences of a folder, each from every start."""
    wholes = (own(sequence, video, detector) for sequence, video in filmed(root))
    return [one for whole in wholes for one in from_every_start(whole, hz)]


def evaluated(answers: Answers, folder: Path) -> dict[str, dict[str, Figures]]:
    """Figures of each answer by sequence: means over its starts, as floats; works in an empty folder."""
    jobs = {
        f"{name} {number}": [(material.sequence, rows)]
        for name, several in answers.items()
        for number, (material, rows) in enumerate(several)
    }
    scored = evaluate(jobs, folder)
    figures: dict[str, dict[str, Figures]] = {}
    for name, several in answers.items():
        each: dict[str, list[Figures]] = {}
        for number, (material, _) in enumerate(several):
            sequence = material.sequence.name
            each.setdefault(sequence, []).append(scored[f"{name} {number}"][sequence])
        figures[name] = {sequence: mean(starts) for sequence, starts in each.items()}
    return figures


def mean(figures: Sequence[Figures]) -> Figures:
    """Of each column."""
    return {column: float(np.mean([one[column] for one in figures])) for column in figures[0]}
