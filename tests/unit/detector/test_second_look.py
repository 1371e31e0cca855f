"""Two looks at a frame are put together as one."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections
from engine.detector.ensemble import SecondLook, halved
from engine.detector.fusion import agree

AS_IT_IS = Calibration(slope=1, intercept=0)


def seen(*people):
    """Detections of (left, top, width, height, score)."""
    rows = np.array(people, np.float32).reshape(-1, 5)
    return Detections(rows[:, :4], rows[:, 4])


def test_who_both_see_is_one_person_between_both_boxes():
    boxes, scores = agree(seen((0.1, 0.1, 0.2, 0.4, 0.9)), seen((0.12, 0.1, 0.2, 0.4, 0.3)))
    np.testing.assert_allclose(boxes, [[0.105, 0.1, 0.2, 0.4]], rtol=1e-5)
    np.testing.assert_allclose(scores, [0.6], rtol=1e-6)


def test_who_one_alone_sees_counts_half():
    boxes, scores = agree(seen((0.1, 0.1, 0.2, 0.4, 0.8)), seen((0.6, 0.1, 0.2, 0.4, 0.9)))
    np.testing.assert_allclose(boxes[:, 0], [0.6, 0.1], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.45, 0.4], rtol=1e-6)


def test_nobody_is_matched_twice():
    first = seen((0.1, 0.1, 0.2, 0.4, 0.9))
    second = seen((0.1, 0.1, 0.2, 0.4, 0.8), (0.14, 0.1, 0.2, 0.4, 0.5))
    _, scores = agree(first, second)
    assert len(scores) in (1, 2)
    np.testing.assert_allclose(scores[0], 0.85, rtol=1e-6)


@pytest.mark.parametrize("side", ["first", "second", "both"])
def test_one_may_see_nobody(side):
    person, nobody = seen((0.1, 0.1, 0.2, 0.4, 0.8)), seen()
    boxes, scores = agree(nobody if side != "second" else person, nobody if side != "first" else person)
    assert boxes.shape == (len(scores), 4)
    assert len(scores) == (0 if side == "both" else 1)


class Recorder:
    """A detector that says the same of every picture and remembers what it was shown."""

    name = "recorder"

    def __init__(self, answer):
        self.answer = answer
        self.shapes = []

    def input_size(self, *_frame_size):
        return (512, 288)

    def detect(self, image):
        self.shapes.append(image.shape)
        return self.answer


def test_boxes_of_the_second_look_are_those_of_the_frame_without_the_border():
    # 288 halves to 144, which is bordered to 160: the person on the frame's lower half ends at 144 of 160.
    first = Recorder(seen((0.25, 0.5, 0.1, 0.5, 0.9)))
    second = Recorder(seen((0.25, 0.45, 0.1, 0.45, 0.9)))
    found = SecondLook(first, second, AS_IT_IS).detect(np.zeros((288, 512, 3), np.uint8))
    assert first.shapes == [(288, 512, 3)]
    assert second.shapes == [(160, 256, 3)]
    np.testing.assert_allclose(found.boxes, [[0.25, 0.5, 0.1, 0.5]], rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.9], rtol=1e-4)


def test_half_the_size_is_the_mean_of_each_four_pixels():
    image = np.zeros((4, 4, 3), np.uint8)
    image[:2, :2] = np.array([[10, 20], [30, 40]], np.uint8)[..., None]
    image[2:, 2:] = 255
    small = halved(image)
    assert small.shape == (32, 32, 3)
    assert small[0, 0, 0] == 25
    assert small[1, 1, 0] == 255
    assert np.all(small[2:, 2:] == 114)


def test_hopeless_boxes_are_dropped():
    look = SecondLook(Recorder(seen((0.1, 0.1, 0.2, 0.4, 0.06))), Recorder(seen()), AS_IT_IS)
    assert len(look.detect(np.zeros((288, 512, 3), np.uint8))) == 0
