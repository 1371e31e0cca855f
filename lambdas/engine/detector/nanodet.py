"""NanoDet, which costs less than half of MoveNet and, half the size, gives it a second opinion."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.detector.calibration import Calibration
from engine.detector.detections import LOWEST_CHANCE, SAME_PERSON, Detections, Floats, Image
from engine.detector.input_size import input_size
from engine.detector.nms import keep_distinct
from engine.detector.session import ModelSession

# The half of it is whole cells for frames of 4:3 and 16:9.
LONG_SIDE = 448
STRIDES = (8, 16, 32)
# COCO's 80 classes come first, person the first of them; then four distances as odds over 0 … 10 cells.
CLASSES = 80
PERSON = 0
BINS = 11
CALIBRATION = Calibration(slope=2.76, intercept=-0.02)
LOWEST_RAW = CALIBRATION.raw(LOWEST_CHANCE)


class NanoDet:
    """See `Detector`."""

    name = "nanodet"

    def __init__(self, model: Path, threads: int) -> None:
        self._session = ModelSession(model, threads)

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return input_size(frame_width, frame_height, LONG_SIDE)

    def detect(self, image: Image) -> Detections:
        maps = self._session.run([f"stride{stride}" for stride in STRIDES], image[None])
        height, width = image.shape[:2]
        levels = [
            decode(level[0], stride, width, height) for level, stride in zip(maps, STRIDES, strict=True)
        ]
        boxes = np.concatenate([level[0] for level in levels])
        scores = np.concatenate([level[1] for level in levels])
        kept = keep_distinct(boxes, scores, SAME_PERSON)
        return Detections(boxes[kept], CALIBRATION.chance(scores[kept]))


def decode(level: Floats, stride: int, width: int, height: int) -> tuple[Floats, Floats]:
    """Reads the people off one map, (124, h, w), of an image of `width` x `height`.

    A box's side lies at the mean distance that its odds give, from the middle of the cell. Answers boxes (n,
    4) as ratios of the image and raw scores (n,).
    """
    logits = level[PERSON]
    lowest_logit = np.log(LOWEST_RAW / (1 - LOWEST_RAW))
    rows, columns = np.nonzero(logits >= lowest_logit)
    odds = level[CLASSES:, rows, columns].reshape(4, BINS, -1)
    odds = np.exp(odds - odds.max(axis=1, keepdims=True))
    bins = np.arange(BINS, dtype=np.float32)[:, None]
    left, top, right, bottom = (odds * bins).sum(axis=1) / odds.sum(axis=1) * stride
    x, y = (columns + 0.5) * stride, (rows + 0.5) * stride
    corners = np.stack([x - left, y - top, left + right, top + bottom], axis=1)
    boxes = corners / np.array([width, height, width, height], np.float32)
    scores = 1 / (1 + np.exp(-logits[rows, columns]))
    return boxes.astype(np.float32), scores.astype(np.float32)
