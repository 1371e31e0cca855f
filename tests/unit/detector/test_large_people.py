"""People larger than MoveNet's box head spans."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.detector import Detections, load_detector
from engine.detector.large_people import LargePeople
from infra.models import prepared
from testing.people import standing_person


class Recorded:
    """A detector whose findings depend on the width of the image, as recorded."""

    name = "recorded"
    largest_box = 256.0

    def __init__(self, found: dict[int, list[tuple[list[float], float]]]) -> None:
        self._found = found
        self.widths: list[int] = []

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return frame_width, frame_height

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        self.widths.append(image.shape[1])
        found = self._found[image.shape[1]]
        boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
        return Detections(boxes, np.array([score for _, score in found], np.float32))


IMAGE = np.zeros((384, 512, 3), np.uint8)


def test_without_large_people_the_image_is_analysed_once() -> None:
    detector = Recorded({512: [([0.1, 0.1, 0.2, 0.6], 0.9)]})
    found = LargePeople(detector).detect(IMAGE)
    assert detector.widths == [512]
    assert found.scores.tolist() == pytest.approx([0.9])


def test_large_people_are_those_of_the_half_and_small_ones_those_of_the_whole() -> None:
    small, part, whole = [0.1, 0.1, 0.1, 0.3], [0.5, 0.2, 0.2, 0.7], [0.5, 0.05, 0.2, 0.9]
    detector = Recorded({512: [(small, 0.9), (part, 0.2)], 256: [(whole, 0.95), (small, 0.5)]})
    found = LargePeople(detector).detect(IMAGE)
    assert detector.widths == [512, 256]
    assert found.scores.tolist() == pytest.approx([0.95, 0.9])
    assert found.boxes == pytest.approx(np.array([whole, small], np.float32))


@pytest.mark.parametrize(("name", "least_score"), [("movenet", 0.7), ("far", 0.6)])
@pytest.mark.parametrize("frame", [(640, 480), (480, 640)])
@pytest.mark.parametrize("height", [0.6, 0.75, 0.85])
def test_somebody_who_fills_the_frame_is_detected_whole(
    name: str, least_score: float, frame: tuple[int, int], height: float
) -> None:
    detector = load_detector(name, 1, prepared())
    image, expected = standing_person(*detector.input_size(*frame), height)
    found = detector.detect(image)
    assert found.scores[0] >= least_score
    assert found.boxes[0] == pytest.approx(np.array(expected), abs=0.1)
