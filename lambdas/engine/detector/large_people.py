"""Detects people who are larger than a detector's box head can span, on the image at half its size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.detector.detections import DUPLICATE_IOU, Detections, Floats, Image, Member
from engine.detector.nms import nms
from engine.detector.resizing import letterboxed_half

_SMALLER = 0.8
"""Of the size from which the half is analysed: the size from which its boxes are taken instead."""


class LargePeople:
    """See `Detector`. Runs a detector on the image, and again on its half where somebody in it is large.

    MoveNet's boxes end at about 270 pixels of its input. Of taller people it returns parts, with next to no
    score: anyone who fills more than 0.7 of a 4:3 frame, or half of a portrait one, would be lost. Half the
    size costs a quarter and spans everybody; images without large people are spared it.
    """

    largest_box = float("inf")

    def __init__(self, detector: Member) -> None:
        self.name = detector.name
        self._detector = detector
        self._large = detector.largest_box

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return self._detector.input_size(frame_width, frame_height)

    def detect(self, image: Image) -> Detections:
        found = self._detector.detect(image)
        if not _are_large(found.boxes, image, self._large).any():
            return found
        # What is seen of the largest people at full size may be much smaller than they are.
        least = _SMALLER * self._large
        large = _are_large(found.boxes, image, least)
        small = letterboxed_half(image)
        at_half = self._detector.detect(small)
        # The padding is not part of the frame.
        scale = np.array([2 * small.shape[1] / image.shape[1], 2 * small.shape[0] / image.shape[0]] * 2)
        boxes = (at_half.boxes * scale).astype(np.float32)
        kept_at_half = _are_large(boxes, image, least)
        all_boxes = np.concatenate([found.boxes[~large], boxes[kept_at_half]])
        all_scores = np.concatenate([found.scores[~large], at_half.scores[kept_at_half]])
        kept = nms(all_boxes, all_scores, DUPLICATE_IOU)
        return Detections(all_boxes[kept], all_scores[kept])


def _are_large(boxes: Floats, image: Image, least: float) -> NDArray[np.bool_]:
    height, width = image.shape[:2]
    large: NDArray[np.bool_] = np.maximum(boxes[:, 2] * width, boxes[:, 3] * height) >= least
    return large
