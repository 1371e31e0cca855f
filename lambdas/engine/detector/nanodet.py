"""NanoDet as a person detector: at less than half of MoveNet's cost for an input of the same size."""

from __future__ import annotations

import numpy as np

from engine.detector.calibration import Calibration
from engine.detector.detections import DUPLICATE_IOU, LOWEST_SCORE, Detections, Floats, Image
from engine.detector.input_size import input_size
from engine.detector.nms import nms
from engine.detector.session import ModelSession

STRIDES = (8, 16, 32)
"""Pixels between the cells of each output map."""

CLASSES = 80
"""COCO's classes, a map's first channels; then comes a distribution over `BINS` for each of four sides."""

PERSON = 0
"""The channel of the class person."""

BINS = 11
"""Distances 0 … 10 of a box's side from the middle of the cell, in cells."""

LARGEST_BOX = 300.0
"""Pixels of the input: the side of a box up to which it is to be trusted; from 430 on, boxes are of parts."""

CALIBRATION = Calibration(slope=2.76, intercept=-0.02)
"""Of the class scores, see `Calibration`."""

LOWEST_RAW = CALIBRATION.raw_score(LOWEST_SCORE)
"""Cells with a lower class score are dropped."""


class NanoDet:
    """See `Detector`. `long_side`: of the input, in pixels."""

    name = "nanodet"
    largest_box = LARGEST_BOX

    def __init__(self, session: ModelSession, long_side: int) -> None:
        self._session = session
        self._long_side = long_side

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return input_size(frame_width, frame_height, self._long_side)

    def detect(self, image: Image) -> Detections:
        maps = self._session.run([f"stride{stride}" for stride in STRIDES], image[None])
        height, width = image.shape[:2]
        levels = [
            decode(level[0], stride, width, height) for level, stride in zip(maps, STRIDES, strict=True)
        ]
        boxes = np.concatenate([level[0] for level in levels])
        scores = np.concatenate([level[1] for level in levels])
        kept = nms(boxes, scores, DUPLICATE_IOU)
        return Detections(boxes[kept], CALIBRATION.probability(scores[kept]))


def decode(level: Floats, stride: int, width: int, height: int) -> tuple[Floats, Floats]:
    """Boxes and raw scores from one map, (124, h, w), of an image of `width` x `height`.

    A box's side lies at the mean of its distribution of distances from the middle of the cell. Returns boxes
    (n, 4) as ratios of the image and raw scores (n,).
    """
    logits = level[PERSON]
    lowest_logit = np.log(LOWEST_RAW / (1 - LOWEST_RAW))
    rows, columns = np.nonzero(logits >= lowest_logit)
    weights = level[CLASSES:, rows, columns].reshape(4, BINS, -1)
    weights = np.exp(weights - weights.max(axis=1, keepdims=True))
    bins = np.arange(BINS, dtype=np.float32)[:, None]
    left, top, right, bottom = (weights * bins).sum(axis=1) / weights.sum(axis=1) * stride
    x, y = (columns + 0.5) * stride, (rows + 0.5) * stride
    corners = np.stack([x - left, y - top, left + right, top + bottom], axis=1)
    boxes = corners / np.array([width, height, width, height], np.float32)
    scores = 1 / (1 + np.exp(-logits[rows, columns]))
    return boxes.astype(np.float32), scores.astype(np.float32)
