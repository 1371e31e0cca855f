"""Fits a calibration to what detections met."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.detection.precision import Evaluation, Floats

_STEPS = 50

_PRIOR = 1e-3
"""How much the calibration that there is weighs; scenes weigh 1 or more."""


def refit(scenes: Mapping[str, Evaluation]) -> tuple[float, float]:
    """Slope and intercept of a logistic curve over the scores' own logits, by Newton's method.

    Every scene weighs the same, however many people it has. A calibration that is right already has slope 1
    and intercept 0.
    """
    fitted = [scene for scene in scenes.values() if scene.met.any()]
    logits = np.concatenate([_logits(scene.scores) for scene in fitted])
    met = np.concatenate([scene.met for scene in fitted]).astype(float)
    weights = np.concatenate([np.full(len(scene.met), 1 / scene.met.sum()) for scene in fitted])
    inputs = np.stack([logits, np.ones_like(logits)], axis=1)
    as_it_is = np.array([1.0, 0.0])
    curve = np.zeros(2)  # Newton's method may run away from a steep start.
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-inputs @ curve))
        slopes = inputs.T @ (weights * (met - chances)) - _PRIOR * (curve - as_it_is)
        bends = (inputs * (weights * chances * (1 - chances))[:, None]).T @ inputs + _PRIOR * np.eye(2)
        curve += np.linalg.solve(bends, slopes)
    return float(curve[0]), float(curve[1])


def apply(curve: tuple[float, float], scores: Floats) -> Floats:
    """The probabilities that the curve makes of scores."""
    chances: Floats = 1 / (1 + np.exp(-(curve[0] * _logits(scores) + curve[1])))
    return chances


def _logits(scores: Floats) -> Floats:
    inside = np.clip(scores.astype(float), 1e-6, 1 - 1e-6)
    logits: Floats = np.log(inside / (1 - inside))
    return logits
