"""An ensemble of two detectors, one at the full input size and one at half of it, fused and calibrated."""

from __future__ import annotations

import numpy as np

from engine.detector.calibration import Calibration
from engine.detector.detections import LOWEST_SCORE, Detections, Detector, Image
from engine.detector.fusion import fuse

_MULTIPLE = 32
"""Pixels: the sides of a detector's input are multiples of its coarsest stride."""

_PADDING = 114
"""The grey of the letterbox's padding, as in NanoDet's training."""


class Ensemble:
    """See `Detector`. `full` runs on the image as it comes, `half` at half its size."""

    def __init__(self, full: Detector, half: Detector, calibration: Calibration) -> None:
        self.name = full.name
        self._full = full
        self._half = half
        self._calibration = calibration

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return self._full.input_size(frame_width, frame_height)

    def detect(self, image: Image) -> Detections:
        height, width = image.shape[:2]
        small = letterboxed_half(image)
        at_half = self._half.detect(small)
        # The padding is not part of the frame.
        scale = np.array([small.shape[1] * 2 / width, small.shape[0] * 2 / height] * 2, np.float32)
        boxes, raw = fuse(self._full.detect(image), Detections(at_half.boxes * scale, at_half.scores))
        scores = self._calibration.probability(raw)
        kept = scores >= LOWEST_SCORE
        return Detections(boxes[kept], scores[kept])


def letterboxed_half(image: Image) -> Image:
    """`image`, uint8 (height, width, 3), sides even: half the size, padded to multiples of 32.

    Each pixel is the mean of four, rounded; the padding is on the right and below.
    """
    height, width = image.shape[0] // 2, image.shape[1] // 2
    pairs = image[::2].astype(np.uint16)
    pairs += image[1::2]
    small = pairs[:, ::2] + pairs[:, 1::2]
    small += 2
    small >>= 2
    shape = (height + -height % _MULTIPLE, width + -width % _MULTIPLE, 3)
    letterboxed = np.full(shape, _PADDING, np.uint8)
    letterboxed[:height, :width] = small
    return letterboxed
