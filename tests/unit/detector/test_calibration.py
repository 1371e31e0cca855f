"""Probabilities rise with raw scores, and the curve can be inverted."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector import movenet, nanodet
from engine.detector.calibration import Calibration

CURVES = [movenet.CALIBRATION, nanodet.CALIBRATION]


@pytest.mark.parametrize("curve", CURVES)
def test_probabilities_rise_from_zero_to_one(curve: Calibration) -> None:
    probabilities = curve.probability(np.linspace(0, 1, 101, dtype=np.float32))
    assert np.all(np.diff(probabilities) >= 0)
    assert probabilities[0] < 1e-6
    assert probabilities[-1] > 1 - 1e-6


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("probability", [0.05, 0.3, 0.9])
def test_the_raw_score_of_a_probability_has_that_probability(curve: Calibration, probability: float) -> None:
    raw = np.array([curve.raw_score(probability)], np.float32)
    assert curve.probability(raw)[0] == pytest.approx(probability, rel=1e-3)
