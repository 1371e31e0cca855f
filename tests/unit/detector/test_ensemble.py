"""The detections of several detectors are fused."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections, Image
from engine.detector.ensemble import Ensemble
from engine.detector.fusion import fuse
from engine.detector.resizing import letterboxed_half, resized
from engine.detector.scope import SEEN_HEIGHT, UNSEEN_HEIGHT, Scope

AS_IT_IS = Calibration(slope=1, intercept=0)
EVERYBODY = [Scope(512, 384, 1000)] * 2
"""Inputs in which nobody here is too small or too large for either detector."""


def high(height: int) -> Scope:
    return Scope(height, height, float("inf"))


def detected(*people: tuple[float, ...]) -> Detections:
    """Detections of (left, top, width, height, score)."""
    rows = np.array(people, np.float32).reshape(-1, 5)
    return Detections(rows[:, :4], rows[:, 4])


def test_matching_boxes_are_one_person_between_both() -> None:
    boxes, scores = fuse(
        [detected((0.1, 0.1, 0.2, 0.4, 0.9)), detected((0.12, 0.1, 0.2, 0.4, 0.3))], EVERYBODY
    )
    np.testing.assert_allclose(boxes, [[0.105, 0.1, 0.2, 0.4]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.6], rtol=1e-6)


def test_an_unmatched_box_keeps_half_its_score() -> None:
    found = [detected((0.1, 0.1, 0.2, 0.4, 0.8)), detected((0.6, 0.1, 0.2, 0.4, 0.9))]
    boxes, scores = fuse(found, EVERYBODY)
    np.testing.assert_allclose(boxes[:, 0], [0.6, 0.1], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.45, 0.4], rtol=1e-6)


def test_a_score_counts_in_full_where_the_other_detector_cannot_see_so_small_a_person() -> None:
    small = detected((0.1, 0.1, 0.02, 0.05, 0.8))
    for input_height, expected in (
        (UNSEEN_HEIGHT / 0.05, 0.8),
        ((UNSEEN_HEIGHT + SEEN_HEIGHT) / 2 / 0.05, 0.8 / 1.5),
        (SEEN_HEIGHT / 0.05, 0.4),
    ):
        _, scores = fuse([small, detected()], [high(1000), high(round(input_height))])
        np.testing.assert_allclose(scores, [expected], rtol=1e-5)


def test_of_three_detectors_those_that_should_have_seen_the_person_are_counted() -> None:
    both = detected((0.1, 0.1, 0.02, 0.05, 0.8)), detected((0.1, 0.1, 0.02, 0.05, 0.6))
    _, scores = fuse([both[0], detected(), both[1]], [high(1000), high(100), high(1000)])
    np.testing.assert_allclose(scores, [0.7], rtol=1e-5)
    _, scores = fuse([both[0], detected(), both[1]], [high(1000)] * 3)
    np.testing.assert_allclose(scores, [1.4 / 3], rtol=1e-5)


def test_boxes_larger_than_a_detector_spans_are_left_to_the_other() -> None:
    whole, part = detected((0.1, 0.05, 0.4, 0.9, 0.8)), detected((0.1, 0.05, 0.4, 0.6, 0.9))
    boxes, scores = fuse([whole, part], [Scope(256, 192, 300), Scope(960, 704, 300)])
    np.testing.assert_allclose(boxes, [[0.1, 0.05, 0.4, 0.9]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.8], rtol=1e-5)


def test_boxes_too_small_to_be_people_are_dropped() -> None:
    found = detected((0.1, 0.1, 0.02, 0.03, 0.9), (0.5, 0.1, 0.02, 0.06, 0.8))
    boxes, _ = fuse([found, detected()], EVERYBODY)
    np.testing.assert_allclose(boxes, [[0.5, 0.1, 0.02, 0.06]], rtol=1e-5)


def test_no_box_is_matched_twice() -> None:
    first = detected((0.1, 0.1, 0.2, 0.4, 0.9))
    second = detected((0.1, 0.1, 0.2, 0.4, 0.8), (0.14, 0.1, 0.2, 0.4, 0.5))
    _, scores = fuse([first, second], EVERYBODY)
    assert len(scores) in (1, 2)
    np.testing.assert_allclose(scores[0], 0.85, rtol=1e-6)


@pytest.mark.parametrize("side", ["first", "second", "both"])
def test_a_detector_may_detect_nobody(side: str) -> None:
    person, nobody = detected((0.1, 0.1, 0.2, 0.4, 0.8)), detected()
    found = [nobody if side != "second" else person, nobody if side != "first" else person]
    boxes, scores = fuse(found, EVERYBODY)
    assert boxes.shape == (len(scores), 4)
    assert len(scores) == (0 if side == "both" else 1)


class Recorder:
    """A detector that returns the same for every picture and records their shapes."""

    name = "recorder"
    largest_box = 1000.0

    def __init__(self, answer: Detections, size: tuple[int, int] = (512, 288)) -> None:
        self.answer = answer
        self.size = size
        self.shapes: list[tuple[int, ...]] = []

    def input_size(self, *_frame_size: int) -> tuple[int, int]:
        return self.size

    def detect(self, image: Image) -> Detections:
        self.shapes.append(image.shape)
        return self.answer


def test_each_member_is_given_the_image_at_its_own_size() -> None:
    person = detected((0.25, 0.5, 0.1, 0.5, 0.9))
    small, large = Recorder(person, (384, 224)), Recorder(person)
    ensemble = Ensemble("both", [small, large], AS_IT_IS)
    assert ensemble.input_size(1920, 1080) == (512, 288)
    found = ensemble.detect(np.zeros((288, 512, 3), np.uint8))
    assert small.shapes == [(224, 384, 3)]
    assert large.shapes == [(288, 512, 3)]
    np.testing.assert_allclose(found.boxes, [[0.25, 0.5, 0.1, 0.5]], rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9], rtol=1e-4)


def test_an_upright_frame_is_given_at_the_larger_size_too() -> None:
    small, large = Recorder(detected(), (224, 384)), Recorder(detected(), (288, 512))
    assert Ensemble("both", [small, large], AS_IT_IS).input_size(1080, 1920) == (288, 512)


def test_a_resized_image_shows_the_same() -> None:
    image = np.zeros((64, 96, 3), np.uint8)
    image[:, 48:] = 200
    small = resized(image, 48, 32)
    assert small.shape == (32, 48, 3)
    assert small[:, :23].max() <= 2
    assert small[:, 25:].min() >= 198
    assert resized(image, 96, 64) is image


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
    members = [Recorder(detected((0.1, 0.1, 0.2, 0.4, 0.06))), Recorder(detected())]
    assert len(Ensemble("both", members, AS_IT_IS).detect(np.zeros((288, 512, 3), np.uint8))) == 0
