"""Calibration: makes the scores of different detectors mean the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.detector.detections import Floats


@dataclass(frozen=True)
class Calibration:
    """A logistic curve from a detector's raw score to the probability that its box holds a person.

    Fitted (Platt 1999) to whether boxes met a person of the ground truth at an IoU of 0.5, on sequences of
    MOT15 that each weigh the same: two for `nanodet` and `far`; for `movenet` three, one of them with its
    mosaic, whose people are small. `python -m bench.detection` prints how well it holds.
    """

    slope: float
    intercept: float

    def probability(self, raw: Floats) -> Floats:
        """The probability, 0 to 1, for each raw score in 0 to 1."""
        return _logistic(self.slope * _logit(raw) + self.intercept)

    def raw_score(self, probability: float) -> float:
        """The raw score from which on `probability` is reached."""
        logit = (_logit(np.array([probability], np.float32)) - self.intercept) / self.slope
        return float(_logistic(logit)[0])


def _logit(values: Floats) -> Floats:
    inside = np.clip(values, 1e-6, 1 - 1e-6)
    logits: Floats = np.log(inside / (1 - inside))
    return logits


def _logistic(values: Floats) -> Floats:
    probabilities: Floats = (1 / (1 + np.exp(-values))).astype(np.float32)
    return probabilities
