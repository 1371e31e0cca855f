"""Fuses the detections of several detectors in one frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.detector.detections import DUPLICATE_IOU, Detections, Floats
from engine.detector.iou import iou
from engine.detector.nms import nms
from engine.detector.scope import Scope


@dataclass(frozen=True)
class _Fused:
    """People, each found by one detector or more.

    Attributes:
        weighted: float32 (n, 4), sums of boxes times their scores.
        scores: float32 (n,), sums of scores.
        found: bool (n, detectors), by which of them.
    """

    weighted: Floats
    scores: Floats
    found: NDArray[np.bool_]

    @classmethod
    def of(cls, detections: Detections, detector: int, detectors: int) -> _Fused:
        found = np.zeros((len(detections), detectors), bool)
        found[:, detector] = True
        return cls(detections.boxes * detections.scores[:, None], detections.scores, found)

    @property
    def boxes(self) -> Floats:
        totals: Floats = np.maximum(self.scores, np.float32(1e-12))
        means: Floats = (self.weighted / totals[:, None]).astype(np.float32)
        return means

    @property
    def mean_scores(self) -> Floats:
        means: Floats = self.scores / np.maximum(self.found.sum(axis=1), 1)
        return means

    def joined(self, other: _Fused) -> _Fused:
        """Both, with those that match as one person."""
        matches = _matches(iou(self.boxes, other.boxes), self.mean_scores, other.mean_scores)
        rows, columns = matches[:, 0], matches[:, 1]
        alone = np.setdiff1d(np.arange(len(other.scores)), columns)
        weighted, scores, found = self.weighted.copy(), self.scores.copy(), self.found.copy()
        weighted[rows] += other.weighted[columns]
        scores[rows] += other.scores[columns]
        found[rows] |= other.found[columns]
        return _Fused(
            np.concatenate([weighted, other.weighted[alone]]),
            np.concatenate([scores, other.scores[alone]]),
            np.concatenate([found, other.found[alone]]),
        )


def fuse(detections: Sequence[Detections], scopes: Sequence[Scope]) -> tuple[Floats, Floats]:
    """Boxes (n, 4) and raw scores (n,), highest first, after NMS.

    Boxes that match are one person: the fused box is their mean weighted by score, the fused score the mean
    over those detectors that found the person and those that should have: detectors of different make err in
    different places. A detector in whose input a person is too small or too large to be found does not
    count.

    Args:
        detections: of each detector; boxes as ratios of the frame.
        scopes: of each detector.
    """
    trusted = [_trusted(found, scope) for found, scope in zip(detections, scopes, strict=True)]
    fused = _Fused.of(trusted[0], 0, len(trusted))
    for position, more in enumerate(trusted[1:], 1):
        fused = fused.joined(_Fused.of(more, position, len(trusted)))
    boxes = fused.boxes
    expected = np.stack([scope.expected(boxes) for scope in scopes], axis=1)
    scores = (fused.scores / np.where(fused.found, 1, expected).sum(axis=1)).astype(np.float32)
    kept = nms(boxes, scores, DUPLICATE_IOU)
    return boxes[kept], scores[kept]


def _trusted(found: Detections, scope: Scope) -> Detections:
    held = scope.holds(found.boxes)
    return Detections(found.boxes[held], found.scores[held])


def _matches(ious: Floats, first: Floats, second: Floats) -> NDArray[np.intp]:
    """Pairs (position in first, in second), int (n, 2), that are one person, highest scores first, no box
    twice."""
    rows, columns = np.nonzero(ious > DUPLICATE_IOU)
    order = np.argsort(-(first[rows] + second[columns]), kind="stable")
    matched: tuple[set[int], set[int]] = (set(), set())
    matches = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in matched[0] and column not in matched[1]:
            matched[0].add(row)
            matched[1].add(column)
            matches.append((row, column))
    return np.array(matches, np.intp).reshape(-1, 2)
