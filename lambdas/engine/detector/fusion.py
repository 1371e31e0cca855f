"""Fuses the detections of two detectors in one frame."""

from __future__ import annotations

import numpy as np

from engine.detector.detections import DUPLICATE_IOU, Detections, Floats
from engine.detector.iou import iou
from engine.detector.nms import nms


def fuse(first: Detections, second: Detections) -> tuple[Floats, Floats]:
    """Boxes (n, 4) and raw scores (n,), highest first, after NMS.

    Boxes of the two that match are one person: the fused box is their mean weighted by score, the fused score
    the mean of both. A box of one detector alone keeps half its score: detectors of different make err in
    different places.
    """
    boxes, scores = [first.boxes, second.boxes], [first.scores, second.scores]
    matches = _matches(iou(first.boxes, second.boxes), scores[0], scores[1])
    fused_boxes, fused_scores = [], []
    for row, column in matches:
        weights = np.array([[scores[0][row]], [scores[1][column]]])
        pair = np.stack([boxes[0][row], boxes[1][column]])
        fused_boxes.append((pair * weights).sum(axis=0) / weights.sum())
        fused_scores.append(weights.mean())
    for side in (0, 1):
        unmatched = np.ones(len(scores[side]), bool)
        unmatched[[match[side] for match in matches]] = False
        fused_boxes.extend(boxes[side][unmatched])
        fused_scores.extend(scores[side][unmatched] / 2)
    all_boxes = np.array(fused_boxes, np.float32).reshape(-1, 4)
    all_scores = np.array(fused_scores, np.float32)
    kept = nms(all_boxes, all_scores, DUPLICATE_IOU)
    return all_boxes[kept], all_scores[kept]


def _matches(ious: Floats, first: Floats, second: Floats) -> list[tuple[int, int]]:
    """Pairs (position in first, in second) that are one person, highest scores first, no box twice."""
    rows, columns = np.nonzero(ious > DUPLICATE_IOU)
    order = np.argsort(-(first[rows] + second[columns]), kind="stable")
    matched: tuple[set[int], set[int]] = (set(), set())
    matches = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in matched[0] and column not in matched[1]:
            matched[0].add(row)
            matched[1].add(column)
            matches.append((row, column))
    return matches
