"""Chances rise with raw scores and can be turned back."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector import movenet, nanodet

CURVES = [movenet.CALIBRATION, nanodet.CALIBRATION]


@pytest.mark.parametrize("curve", CURVES)
def test_chances_rise_from_nought_to_one(curve):
    chances = curve.chance(np.linspace(0, 1, 101, dtype=np.float32))
    assert np.all(np.diff(chances) >= 0)
    assert chances[0] < 1e-6
    assert chances[-1] > 1 - 1e-6


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("chance", [0.05, 0.3, 0.9])
def test_a_chance_turned_back_is_the_raw_score(curve, chance):
    assert curve.chance(np.array([curve.raw(chance)], np.float32))[0] == pytest.approx(chance, rel=1e-3)
