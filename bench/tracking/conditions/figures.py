"""Figures of one condition: how many people are found, how good their paths and counts of them are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.answers.counted import counted
from bench.tracking import linked, starts
from bench.tracking.evaluation import Figures
from bench.tracking.material import Material
from bench.tracking.mot import Rows
from engine.analysis.detections import SegmentDetections

_CHANCE = 0.5
"""A person is found when a detection of this probability is on them."""


@dataclass(frozen=True)
class Outcome:
    """Of one condition, by sequence.

    Attributes:
        recall: percent of the people in all frames that are found, hidden ones included.
        precision: percent of those detections that are on a person of the truth.
        paths: TrackEval's figures, means over the starts.
        counts: errors of counts of crossings in percent of the true ones, means over the starts.
    """

    recall: Mapping[str, float]
    precision: Mapping[str, float]
    paths: Mapping[str, Figures]
    counts: Mapping[str, float]

    def mean(self, column: str) -> float:
        """Of one of TrackEval's figures over the sequences."""
        return float(np.mean([figures[column] for figures in self.paths.values()]))


def outcome(materials: Sequence[Material], hz: float) -> Outcome:
    """Of material of every frame, analysed at `hz`."""
    linked_paths = _from_every_start(materials, hz, linked.ours)
    found = {whole.sequence.name: found_people(whole) for whole in materials}
    return Outcome(
        {name: 100 * float(met.mean()) for name, (met, _) in found.items()},
        {name: 100 * float(right.mean()) if len(right) else 100.0 for name, (_, right) in found.items()},
        _evaluated(linked_paths),
        _errors_of_counts(linked_paths),
    )


def ceiling(materials: Sequence[Material], hz: float) -> Mapping[str, Figures]:
    """What perfect association would reach with the same detections, by sequence."""
    return _evaluated(_from_every_start(materials, hz, linked.ceiling))


def _from_every_start(
    materials: Sequence[Material], hz: float, linker: Callable[[Material], Rows]
) -> list[tuple[Material, Rows]]:
    every = [one for whole in materials for one in starts.from_every_start(whole, hz)]
    return [(one, linker(one)) for one in every]


def _evaluated(paths: Sequence[tuple[Material, Rows]]) -> Mapping[str, Figures]:
    with tempfile.TemporaryDirectory(prefix="bench-conditions-") as folder:
        return starts.evaluated({"": paths}, Path(folder))[""]


def _errors_of_counts(paths: Sequence[tuple[Material, Rows]]) -> Mapping[str, float]:
    errors: dict[str, list[float]] = {}
    for material, rows in paths:
        error, _ = counted(rows, material).errors(counted(material.sequence.truth(), material))
        errors.setdefault(material.sequence.name, []).append(error)
    return {name: float(np.mean(several)) for name, several in errors.items()}


def found_people(whole: Material) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which rows of the truth (n,) are found, and which of the detections that count are on somebody."""
    confident = _confident(whole)
    identity = linked.identities(confident)
    truth, frame_of = whole.sequence.truth(), confident.detections.frame_of
    on = {
        (int(whole.analysed[frame]), person)
        for frame, person in zip(frame_of.tolist(), identity.tolist(), strict=True)
    }
    seen = np.isin(truth.frames, whole.analysed)
    met = [pair in on for pair in zip(truth.frames[seen].tolist(), truth.ids[seen].tolist(), strict=True)]
    return np.array(met, bool), identity >= 0


def _confident(whole: Material) -> Material:
    full = whole.detections
    rows = full.scores >= _CHANCE
    left = SegmentDetections.of(
        full.timestamps_ms,
        full.frame_of[rows],
        full.boxes[rows],
        full.scores[rows],
        camera=full.camera,
        appearance=full.appearance[rows],
    )
    return Material(whole.sequence, whole.seconds, whole.analysed, left, whole.detector)
