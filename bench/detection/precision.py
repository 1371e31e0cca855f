"""Average precision and recall of detections against the people in a scene, by their height."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.detector.detections import Detections
from engine.detector.iou import iou

Floats = npt.NDArray[np.floating]

LONGER_SIDE = 1920
"""Heights are given in pixels of a frame whose longer side is so long."""


@dataclass(frozen=True)
class Shown:
    """One picture: what was detected, the people in it, (n, 4), and its (width, height)."""

    found: Detections
    people: Floats
    size: tuple[int, int]

    @property
    def pixels(self) -> float:
        """Of a picture enlarged or shrunk to `LONGER_SIDE`: its height."""
        return self.size[1] * LONGER_SIDE / max(self.size)


@dataclass(frozen=True)
class Evaluation:
    """Every detection, best first, and whether it met a person nobody better had met.

    Attributes:
        scores: (N,).
        met: bool (N,).
        heights: (N,), of the person met, of the detection itself where there is none.
        people: (M,), the height of everybody there is to be met.
    """

    scores: Floats
    met: npt.NDArray[np.bool_]
    heights: Floats
    people: Floats

    def average_precision(self) -> float:
        """The area under precision, made to fall only, over recall (all points, as in VOC 2010)."""
        hits = np.cumsum(self.met)
        precision = hits / np.arange(1, len(hits) + 1)
        falling = np.maximum.accumulate(precision[::-1])[::-1]
        return float(falling[self.met].sum() / max(len(self.people), 1))

    def precision(self, score: float) -> float:
        """Of the detections from `score` on."""
        chosen = self.met[self.scores >= score]
        return float(chosen.mean()) if len(chosen) else 1.0

    def recall(self, score: float) -> float:
        """Of the detections from `score` on."""
        return float(self.met[self.scores >= score].sum() / max(len(self.people), 1))

    def between(self, least: float, below: float) -> Evaluation:
        """People of these heights alone; detections that met others do not count."""
        rows = (self.heights >= least) & (self.heights < below)
        people = self.people[(self.people >= least) & (self.people < below)]
        return Evaluation(self.scores[rows], self.met[rows], self.heights[rows], people)

    def miscalibration(self) -> float:
        """By how much scores differ from the share that is met, in the mean over ten bins by their weight."""
        bins = np.clip((self.scores * 10).astype(int), 0, 9)
        gaps = [abs(float(np.sum(self.met[bins == b] - self.scores[bins == b]))) for b in range(10)]
        return sum(gaps) / max(len(self.scores), 1)

    def rescored(self, scores: Floats) -> Evaluation:
        """The same with other scores in the same order."""
        return replace(self, scores=scores)


def evaluate(pictures: Iterable[Shown], overlap: float) -> Evaluation:
    """Matches detections with people, picture by picture; the better one first, by an IoU of at least
    `overlap`."""
    none: Floats = np.zeros(0)
    scores, met, heights, people = [none], [np.zeros(0, bool)], [none], [none]
    for shown in pictures:
        hits, tall = _matched(shown, overlap)
        scores.append(shown.found.scores)
        met.append(hits)
        heights.append(tall)
        people.append(shown.people[:, 3] * shown.pixels)
    every = np.concatenate(scores)
    order = np.argsort(-every, kind="stable")
    return Evaluation(
        every[order], np.concatenate(met)[order], np.concatenate(heights)[order], np.concatenate(people)
    )


def joined(evaluations: Iterable[Evaluation]) -> Evaluation:
    """Of several scenes as if they were one."""
    scenes = list(evaluations)
    scores = np.concatenate([scene.scores for scene in scenes])
    order = np.argsort(-scores, kind="stable")
    return Evaluation(
        scores[order],
        np.concatenate([scene.met for scene in scenes])[order],
        np.concatenate([scene.heights for scene in scenes])[order],
        np.concatenate([scene.people for scene in scenes]),
    )


def _matched(shown: Shown, overlap: float) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Whether each detection met a person, and the heights."""
    met = np.zeros(len(shown.found), bool)
    heights = shown.found.boxes[:, 3] * shown.pixels
    if not len(shown.people):
        return met, heights
    ratios = iou(shown.found.boxes, shown.people.astype(np.float32))
    for row in np.argsort(-shown.found.scores, kind="stable").tolist():
        person = int(ratios[row].argmax())
        if ratios[row, person] >= overlap:
            met[row] = True
            heights[row] = shown.people[person, 3] * shown.pixels
            ratios[:, person] = -1
    return met, heights
