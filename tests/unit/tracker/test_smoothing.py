"""Boxes are smoothed without lagging behind."""

from __future__ import annotations

import numpy as np

from engine.tracker.passes.smoothing import fit_lines, interpolate, smooth


def boxes(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.full(len(x), 0.5), np.full(len(x), 0.1), np.full(len(x), 0.3)])


def test_a_straight_walk_is_left_as_it_is() -> None:
    seconds = np.arange(0, 6, 0.2)
    straight = boxes(0.1 + 0.05 * seconds)
    assert np.abs(smooth(seconds, straight, np.ones(len(seconds))) - straight).max() < 0.005


def test_jitter_is_smoothed() -> None:
    seconds = np.arange(0, 12, 0.2)
    true = boxes(0.1 + 0.05 * seconds)
    noisy = true + np.random.default_rng(1).normal(0, 0.01, true.shape)
    smoothed = smooth(seconds, noisy, np.ones(len(seconds)))
    assert np.abs(smoothed - true).mean() < 0.6 * np.abs(noisy - true).mean()


def test_a_swaying_camera_is_followed() -> None:
    seconds = np.arange(0, 6, 1 / 15)
    swaying = boxes(0.5 + 0.1 * np.sin(4 * seconds))
    assert np.abs(smooth(seconds, swaying, np.ones(len(seconds))) - swaying)[:, 0].mean() < 0.02


def test_uneven_times_are_fitted_by_time_not_by_frame() -> None:
    seconds = np.sort(np.random.default_rng(2).uniform(0, 5, 40))
    values = (3 * seconds)[:, None]
    fit, error = fit_lines(seconds, values, np.ones(40), 0.4)
    assert np.abs(fit - values)[5:-5].max() < 0.06
    assert error.shape == (40, 1)


def test_a_single_box_stays_as_it_is() -> None:
    alone = boxes(np.array([0.4]))
    assert np.allclose(smooth(np.array([1.0]), alone, np.ones(1)), alone)


def test_gaps_are_interpolated_by_straight_lines() -> None:
    filled = interpolate(np.array([0.0, 2.0]), np.array([[0.0], [1.0]]), np.array([0.0, 0.5, 2.0]))
    assert filled.ravel().tolist() == [0.0, 0.25, 1.0]
