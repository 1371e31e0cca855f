"""Detections are evaluated by the heights of the people they met."""

import numpy as np
import pytest

from bench.detection import calibrating
from bench.detection.precision import Evaluation, Shown, evaluate, joined
from engine.detector.detections import Detections

TALL, SMALL = (0.1, 0.1, 0.1, 0.5), (0.6, 0.1, 0.02, 0.1)
FRAME = (960, 540)
"""Half of 1920 x 1080: the tall one is 540 pixels high there, the small one 108."""


def shown(*found: tuple[float, float, float, float, float]) -> Shown:
    rows = np.array(found, np.float32).reshape(-1, 5)
    return Shown(Detections(rows[:, :4], rows[:, 4]), np.array([TALL, SMALL], np.float32), FRAME)


def test_everybody_found_once_is_perfect() -> None:
    found = evaluate([shown((*TALL, 0.9), (*SMALL, 0.4))], 0.5)
    assert found.average_precision() == pytest.approx(1)
    assert found.recall(0.5) == pytest.approx(0.5)
    assert found.precision(0.5) == pytest.approx(1)


def test_a_person_is_met_once() -> None:
    found = evaluate([shown((*TALL, 0.9), (*TALL, 0.8))], 0.5)
    assert found.met.tolist() == [True, False]
    assert found.average_precision() == pytest.approx(0.5)


def test_heights_are_those_of_a_frame_of_1080_lines() -> None:
    found = evaluate([shown((*TALL, 0.9), (0.1, 0.8, 0.02, 0.1, 0.8))], 0.5)
    assert found.people.tolist() == pytest.approx([540, 108])
    small, tall = found.between(94, 120), found.between(225, 9999)
    assert (small.average_precision(), small.recall(0.5), small.precision(0.5)) == (0, 0, 0)
    assert (tall.average_precision(), tall.recall(0.5), tall.precision(0.5)) == (1, 1, 1)


def test_scenes_are_joined_best_first() -> None:
    both = joined([evaluate([shown((*SMALL, 0.3))], 0.5), evaluate([shown((*TALL, 0.7))], 0.5)])
    assert both.scores.tolist() == pytest.approx([0.7, 0.3])
    assert both.recall(0) == pytest.approx(0.5)


def test_a_refitted_calibration_says_how_often_detections_meet_somebody() -> None:
    random = np.random.default_rng(1)
    true = random.uniform(0.02, 0.98, 20_000)
    met = random.random(len(true)) < true
    logits = np.log(true / (1 - true))
    overconfident = 1 / (1 + np.exp(-(2 * logits + 1)))
    scene = Evaluation(overconfident, met, np.zeros(len(true)), np.zeros(len(true)))
    curve = calibrating.refit({"scene": scene})
    assert curve == pytest.approx((0.5, -0.5), abs=0.05)
    assert calibrating.apply(curve, overconfident) == pytest.approx(true, abs=0.03)
