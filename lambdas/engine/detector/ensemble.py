"""Looks at each frame a second time, with another detector or from further away."""

from __future__ import annotations

import numpy as np

from engine.detector.calibration import Calibration
from engine.detector.detections import LOWEST_CHANCE, Detections, Detector, Image
from engine.detector.fusion import agree

MULTIPLE = 32
BORDER = 114  # grey


class SecondLook:
    """See `Detector`. `first` sees the frame as it comes, `second` at half the size."""

    def __init__(self, first: Detector, second: Detector, calibration: Calibration) -> None:
        self.name = first.name
        self._first = first
        self._second = second
        self._calibration = calibration

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return self._first.input_size(frame_width, frame_height)

    def detect(self, image: Image) -> Detections:
        height, width = image.shape[:2]
        small = halved(image)
        seen = self._second.detect(small)
        # The border that made the small picture whole is not part of the frame.
        scale = np.array([small.shape[1] * 2 / width, small.shape[0] * 2 / height] * 2, np.float32)
        boxes, raw = agree(self._first.detect(image), Detections(seen.boxes * scale, seen.scores))
        chances = self._calibration.chance(raw)
        kept = chances >= LOWEST_CHANCE
        return Detections(boxes[kept], chances[kept])


def halved(image: Image) -> Image:
    """`image`, uint8 (height, width, 3), sides even: half the size, bordered with grey to whole cells."""
    height, width = image.shape[0] // 2, image.shape[1] // 2
    pairs = image[::2].astype(np.uint16)
    pairs += image[1::2]
    small = pairs[:, ::2] + pairs[:, 1::2]
    small += 2
    small >>= 2
    shape = (height + -height % MULTIPLE, width + -width % MULTIPLE, 3)
    bordered = np.full(shape, BORDER, np.uint8)
    bordered[:height, :width] = small
    return bordered
