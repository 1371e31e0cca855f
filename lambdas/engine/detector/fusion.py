"""Puts together what two detectors say of one frame."""

from __future__ import annotations

import numpy as np

from engine.detector.detections import SAME_PERSON, Detections, Floats
from engine.detector.iou import overlaps
from engine.detector.nms import keep_distinct


def agree(first: Detections, second: Detections) -> tuple[Floats, Floats]:
    """Boxes (n, 4) and raw scores (n,), best first.

    Boxes of the two that overlap are one person: the box is their mean, weighed by how sure each is, the
    score the mean of both. Who only one of them sees keeps half the score: detectors of different make err in
    different places.
    """
    boxes, scores = [first.boxes, second.boxes], [first.scores, second.scores]
    shared = overlaps(first.boxes, second.boxes)
    mates = _mates(shared, scores[0], scores[1])
    together_boxes, together_scores = [], []
    for one, other in mates:
        weights = np.array([[scores[0][one]], [scores[1][other]]])
        pair = np.stack([boxes[0][one], boxes[1][other]])
        together_boxes.append((pair * weights).sum(axis=0) / weights.sum())
        together_scores.append(weights.mean())
    for side in (0, 1):
        alone = np.ones(len(scores[side]), bool)
        alone[[mate[side] for mate in mates]] = False
        together_boxes.extend(boxes[side][alone])
        together_scores.extend(scores[side][alone] / 2)
    all_boxes = np.array(together_boxes, np.float32).reshape(-1, 4)
    all_scores = np.array(together_scores, np.float32)
    kept = keep_distinct(all_boxes, all_scores, SAME_PERSON)
    return all_boxes[kept], all_scores[kept]


def _mates(shared: Floats, first: Floats, second: Floats) -> list[tuple[int, int]]:
    """Pairs (position in first, in second) that are one person, the surest first, nobody twice."""
    rows, columns = np.nonzero(shared > SAME_PERSON)
    order = np.argsort(-(first[rows] + second[columns]), kind="stable")
    taken: tuple[set[int], set[int]] = (set(), set())
    mates = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken[0] and column not in taken[1]:
            taken[0].add(row)
            taken[1].add(column)
            mates.append((row, column))
    return mates
