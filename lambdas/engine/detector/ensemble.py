"""An ensemble: several detectors, each at an input size of its own, fused and calibrated."""

from __future__ import annotations

from collections.abc import Sequence

from engine.detector.calibration import Calibration
from engine.detector.detections import LOWEST_SCORE, Detections, Image, Member
from engine.detector.fusion import fuse
from engine.detector.resizing import resized
from engine.detector.scope import Scope


class Ensemble:
    """See `Detector`. Takes the image at the size of the member with the largest input."""

    def __init__(self, name: str, members: Sequence[Member], calibration: Calibration) -> None:
        self.name = name
        self._members = members
        self._calibration = calibration

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return max(member.input_size(frame_width, frame_height) for member in self._members)

    def detect(self, image: Image) -> Detections:
        height, width = image.shape[:2]
        sizes = [member.input_size(width, height) for member in self._members]
        found = [
            member.detect(resized(image, *size)) for member, size in zip(self._members, sizes, strict=True)
        ]
        scopes = [
            Scope(*size, largest=member.largest_box)
            for member, size in zip(self._members, sizes, strict=True)
        ]
        boxes, raw = fuse(found, scopes)
        scores = self._calibration.probability(raw)
        kept = scores >= LOWEST_SCORE
        return Detections(boxes[kept], scores[kept])
