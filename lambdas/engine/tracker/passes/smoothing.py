"""Interpolating gaps and smoothing boxes: straight lines fitted around every instant, looking both ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.tracker.geometry import Floats

_CENTRE_WINDOWS = (0.15, 0.20, 0.28, 0.40)
"""Standard deviations of the Gaussian windows for a box's centre, seconds: one of them is chosen instant by
instant. Shorter follow a swaying camera, longer even out jitter.
"""

_SIZE_WINDOW = 1.0
"""The same for width and height, seconds: people change size slowly."""

_WIDER_PREFERENCE = 1.4
"""A wider window is chosen unless its error is more than this many times the next narrower one's."""

_CHOICE_SHARPNESS = 16.0
"""Power of the errors' ratio by which windows are blended: 2 % more error is 28 % less weight, so the choice
changes smoothly from instant to instant.
"""

_LEAST_ERROR = 0.01
"""Errors below this many body heights do not decide between windows."""

_ERROR_WINDOW = 1.0
"""Errors are averaged around an instant over a window of this standard deviation, seconds."""

_REACH = 3.0
"""Standard deviations at which a window is cut off."""

_END_RIDGE = 0.05
"""What a slope costs, in squared windows: keeps the ends, where all neighbours lie on one side, from
swinging.
"""

_LEAST_LEVERAGE_LEFT = 0.05
"""A value that determines its own fit by more than 1 minus this has no error left to show."""


def interpolate(known: Floats, values: Floats, wanted: Floats) -> Floats:
    """Straight lines between known instants.

    Args:
        known: (k,) rising seconds.
        values: (k, c).
        wanted: (n,) seconds inside the known range.

    Returns:
        (n, c).
    """
    return np.stack([np.interp(wanted, known, column) for column in values.T], axis=1)


def smooth(seconds: Floats, boxes: Floats, weights: Floats) -> Floats:
    """Smooth a track.

    The window for the centre is chosen instant by instant: as wide as a straight line still predicts the
    boxes left out of its fit, so that a swaying camera is followed and a steady one's jitter is not. Boxes
    farther apart in time than the windows reach stay as they are.

    Args:
        seconds: (n,) rising.
        boxes: (n, 4) centre x, centre y, width, height.
        weights: (n,) of each box, above 0; 1 for a detection without occlusion.

    Returns:
        (n, 4).
    """
    sizes, _ = fit_lines(seconds, boxes[:, 2:], weights, _SIZE_WINDOW)
    floor = (_LEAST_ERROR * np.median(boxes[:, 3])) ** 2
    fits, costs = [], []
    for rank, window in enumerate(_CENTRE_WINDOWS):
        fit, error = fit_lines(seconds, boxes[:, :2], weights, window)
        cost = _average(seconds, (error**2).sum(1), weights, _ERROR_WINDOW) + floor
        fits.append(fit)
        costs.append(cost / _WIDER_PREFERENCE**rank)
    cost = np.stack(costs)
    share = (cost / cost.min(0)) ** -_CHOICE_SHARPNESS
    centres = (share[:, :, None] * np.stack(fits)).sum(0) / share.sum(0)[:, None]
    return np.concatenate([centres, sizes], axis=1)


def fit_lines(seconds: Floats, values: Floats, weights: Floats, window: float) -> tuple[Floats, Floats]:
    """Fit a straight line around each instant, neighbours weighted by a Gaussian in time.

    Args:
        seconds: (n,) rising.
        values: (n, c).
        weights: (n,) of each value.
        window: standard deviation of the Gaussian, seconds.

    Returns:
        The fitted values (n, c), and by how much each value misses a fit that leaves it out (n, c).
    """
    count = len(seconds)
    total, lean, spread = np.zeros(count), np.zeros(count), np.zeros(count)
    value_total, value_lean = np.zeros_like(values), np.zeros_like(values)
    for here, there in _neighbours(seconds, _REACH * window):
        lag = seconds[there] - seconds[here]
        weight = weights[there] * np.exp(-0.5 * (lag / window) ** 2)
        total[here] += weight
        lean[here] += weight * lag
        spread[here] += weight * lag * lag
        value_total[here] += weight[:, None] * values[there]
        value_lean[here] += (weight * lag)[:, None] * values[there]
    spread = spread + _END_RIDGE * window**2 * total
    determinant = total * spread - lean * lean
    fit = (spread[:, None] * value_total - lean[:, None] * value_lean) / determinant[:, None]
    own = weights * spread / determinant
    return fit, (values - fit) / np.maximum(1 - own, _LEAST_LEVERAGE_LEFT)[:, None]


def _average(seconds: Floats, values: Floats, weights: Floats, window: float) -> Floats:
    total, summed = np.zeros(len(seconds)), np.zeros(len(seconds))
    for here, there in _neighbours(seconds, _REACH * window):
        weight = weights[there] * np.exp(-0.5 * ((seconds[there] - seconds[here]) / window) ** 2)
        total[here] += weight
        summed[here] += weight * values[there]
    return summed / total


def _neighbours(seconds: Floats, reach: float) -> Iterator[tuple[slice, slice]]:
    """Every pair of instants at most that far apart, as pairs of slices; some are a little farther."""
    count = len(seconds)
    yield slice(0, count), slice(0, count)
    for offset in range(1, count):
        if (seconds[offset:] - seconds[: count - offset]).min() > reach:
            return
        yield slice(0, count - offset), slice(offset, count)
        yield slice(offset, count), slice(0, count - offset)
