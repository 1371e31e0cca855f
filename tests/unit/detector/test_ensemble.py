"""The detections of two detectors are fused."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections
from engine.detector.ensemble import Ensemble, letterboxed_half
from engine.detector.fusion import fuse

AS_IT_IS = Calibration(slope=1, intercept=0)


def detected(*people: tuple[float, float, float, float, float]) -> Detections:
    """Detections of (left, top, width, height, score)."""
    rows = np.array(people, np.float32).reshape(-1, 5)
    return Detections(rows[:, :4], rows[:, 4])


def test_matching_boxes_are_one_person_between_both() -> None:
    boxes, scores = fuse(detected((0.1, 0.1, 0.2, 0.4, 0.9)), detected((0.12, 0.1, 0.2, 0.4, 0.3)))
    np.testing.assert_allclose(boxes, [[0.105, 0.1, 0.2, 0.4]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.6], rtol=1e-6)


def test_an_unmatched_box_keeps_half_its_score() -> None:
    boxes, scores = fuse(detected((0.1, 0.1, 0.2, 0.4, 0.8)), detected((0.6, 0.1, 0.2, 0.4, 0.9)))
    np.testing.assert_allclose(boxes[:, 0], [0.6, 0.1], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.45, 0.4], rtol=1e-6)


def test_no_box_is_matched_twice() -> None:
    first = detected((0.1, 0.1, 0.2, 0.4, 0.9))
    second = detected((0.1, 0.1, 0.2, 0.4, 0.8), (0.14, 0.1, 0.2, 0.4, 0.5))
    _, scores = fuse(first, second)
    assert len(scores) in (1, 2)
    np.testing.assert_allclose(scores[0], 0.85, rtol=1e-6)


@pytest.mark.parametrize("side", ["first", "second", "both"])
def test_a_detector_may_detect_nobody(side: str) -> None:
    person, nobody = detected((0.1, 0.1, 0.2, 0.4, 0.8)), detected()
    boxes, scores = fuse(nobody if side != "second" else person, nobody if side != "first" else person)
    assert boxes.shape == (len(scores), 4)
    assert len(scores) == (0 if side == "both" else 1)


class Recorder:
    """A detector that returns the same for every picture and records their shapes."""

    name = "recorder"

    def __init__(self, answer: Detections) -> None:
        self.answer = answer
        self.shapes: list[tuple[int, ...]] = []

    def input_size(self, *_frame_size: int) -> tuple[int, int]:
        return (512, 288)

    def detect(self, image: np.ndarray) -> Detections:
        self.shapes.append(image.shape)
        return self.answer


def test_boxes_at_half_size_are_ratios_of_the_frame_without_the_padding() -> None:
    # 288 halves to 144, which is padded to 160: the person on the frame's lower half ends at 144 of 160.
    first = Recorder(detected((0.25, 0.5, 0.1, 0.5, 0.9)))
    second = Recorder(detected((0.25, 0.45, 0.1, 0.45, 0.9)))
    found = Ensemble(first, second, AS_IT_IS).detect(np.zeros((288, 512, 3), np.uint8))
    assert first.shapes == [(288, 512, 3)]
    assert second.shapes == [(160, 256, 3)]
    np.testing.assert_allclose(found.boxes, [[0.25, 0.5, 0.1, 0.5]], rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9], rtol=1e-4)


def test_half_the_size_is_the_mean_of_each_four_pixels() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:2, :2] = np.array([[10, 20], [30, 40]], np.uint8)[..., None]
    image[2:, 2:] = 255
    small = letterboxed_half(image)
    assert small.shape == (32, 32, 3)
    assert small[0, 0, 0] == 25
    assert small[1, 1, 0] == 255
    assert np.all(small[2:, 2:] == 114)


def test_boxes_of_very_low_probability_are_dropped() -> None:
    ensemble = Ensemble(Recorder(detected((0.1, 0.1, 0.2, 0.4, 0.06))), Recorder(detected()), AS_IT_IS)
    assert len(ensemble.detect(np.zeros((288, 512, 3), np.uint8))) == 0
