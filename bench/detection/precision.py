"""Average precision of detections against a sequence's ground truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.detector.detections import Detections
from engine.detector.iou import iou

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Judgement:
    """Every detection of a sequence, best first, and whether it met a person nobody better had met.

    Attributes:
        scores: (N,).
        met: bool (N,).
        people: how many there are to be met.
    """

    scores: Floats
    met: npt.NDArray[np.bool_]
    people: int

    def average_precision(self) -> float:
        """The area under precision, made to fall only, over recall (all points, as in VOC 2010)."""
        hits = np.cumsum(self.met)
        precision = hits / np.arange(1, len(hits) + 1)
        falling = np.maximum.accumulate(precision[::-1])[::-1]
        return float(falling[self.met].sum() / self.people)

    def at(self, score: float) -> tuple[float, float]:
        """Precision and recall of the detections from `score` on."""
        chosen = self.met[self.scores >= score]
        return float(chosen.mean()) if len(chosen) else 1.0, float(chosen.sum() / self.people)

    def miscalibration(self) -> float:
        """By how much scores differ from the share that is met, in the mean over ten bins by their weight."""
        bins = np.clip((self.scores * 10).astype(int), 0, 9)
        gaps = [abs(float(np.sum(self.met[bins == b] - self.scores[bins == b]))) for b in range(10)]
        return sum(gaps) / max(len(self.scores), 1)


def judge(found: dict[int, Detections], truth: dict[int, Floats], overlap: float) -> Judgement:
    """Matches detections with people, (n, 4) boxes, by frame; the better one first, by overlap of at least
    `overlap`.

    Only frames in `found` count.
    """
    scores: list[Floats] = []
    frames: list[int] = []
    rows: list[int] = []
    for frame, detections in found.items():
        scores.append(detections.scores)
        frames += [frame] * len(detections)
        rows += range(len(detections))
    all_scores = np.concatenate(scores) if scores else np.zeros(0)
    shared = {frame: iou(found[frame].boxes, truth[frame]) for frame in found if frame in truth}
    order = np.argsort(-all_scores, kind="stable")
    met = np.zeros(len(order), bool)
    for place, position in enumerate(order):
        ratios = shared.get(frames[position])
        if ratios is None:
            continue
        person = int(ratios[rows[position]].argmax())
        if ratios[rows[position], person] >= overlap:
            met[place] = True
            ratios[:, person] = -1
    people = sum(len(truth[frame]) for frame in found if frame in truth)
    return Judgement(all_scores[order], met, people)
