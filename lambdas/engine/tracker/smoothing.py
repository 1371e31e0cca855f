"""Filling gaps and steadying boxes: straight lines fitted around every instant, looking both ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.tracker.geometry import Floats

_PLACE_WINDOWS = (0.15, 0.20, 0.28, 0.40)
_SIZE_WINDOW = 1.0
"""Standard deviations of the Gaussian windows, seconds. People change size slowly and place fast."""
_WIDER = 1.4
"""A wider window is taken unless its error is more than this many times the next narrower one's."""
_NOISE = 0.01
"""Errors below this many heights say nothing."""
_AROUND = 1.0
"""Errors are averaged around an instant over a window of this many seconds."""


def fill(known: Floats, values: Floats, wanted: Floats) -> Floats:
    """Straight lines between known instants.

    Args:
        known: (k,) rising seconds.
        values: (k, c).
        wanted: (n,) seconds inside the known range.

    Returns:
        (n, c).
    """
    return np.stack([np.interp(wanted, known, column) for column in values.T], axis=1)


def steady(seconds: Floats, boxes: Floats, trust: Floats) -> Floats:
    """Smooth a path.

    How far to look for the place is decided instant by instant: as far as a straight line still foretells
    the boxes left out of its fit, so that a swaying camera is followed and a steady one's jitter is not.

    Args:
        seconds: (n,) rising.
        boxes: (n, 4) centre x, centre y, width, height.
        trust: (n,) weight of each box, above 0; 1 for a box seen in full.

    Returns:
        (n, 4).
    """
    sizes, _ = fit_lines(seconds, boxes[:, 2:], trust, _SIZE_WINDOW)
    floor = (_NOISE * np.median(boxes[:, 3])) ** 2
    fits, costs = [], []
    for rank, window in enumerate(_PLACE_WINDOWS):
        fit, error = fit_lines(seconds, boxes[:, :2], trust, window)
        cost = _average(seconds, (error**2).sum(1), trust, _AROUND) + floor
        fits.append(fit)
        costs.append(cost / _WIDER**rank)
    cost = np.stack(costs)
    share = (cost / cost.min(0)) ** -16.0
    places = (share[:, :, None] * np.stack(fits)).sum(0) / share.sum(0)[:, None]
    return np.concatenate([places, sizes], axis=1)


def fit_lines(seconds: Floats, values: Floats, weights: Floats, window: float) -> tuple[Floats, Floats]:
    """Fit a straight line around each instant, neighbours weighted by a Gaussian in time.

    Args:
        seconds: (n,) rising.
        values: (n, c).
        weights: (n,) trust in each value.
        window: standard deviation of the Gaussian, seconds.

    Returns:
        The fitted values (n, c), and by how much each value misses a fit that leaves it out (n, c).
    """
    count = len(seconds)
    total, lean, spread = np.zeros(count), np.zeros(count), np.zeros(count)
    value_total, value_lean = np.zeros_like(values), np.zeros_like(values)
    for here, there in _neighbours(seconds, 3 * window):
        lag = seconds[there] - seconds[here]
        weight = weights[there] * np.exp(-0.5 * (lag / window) ** 2)
        total[here] += weight
        lean[here] += weight * lag
        spread[here] += weight * lag * lag
        value_total[here] += weight[:, None] * values[there]
        value_lean[here] += (weight * lag)[:, None] * values[there]
    # A little of "no slope" keeps the ends, where all neighbours lie on one side, from swinging.
    spread = spread + 0.05 * window**2 * total
    below = total * spread - lean * lean
    fit = (spread[:, None] * value_total - lean[:, None] * value_lean) / below[:, None]
    own = weights * spread / below
    return fit, (values - fit) / np.maximum(1 - own, 0.05)[:, None]


def _average(seconds: Floats, values: Floats, weights: Floats, window: float) -> Floats:
    total, summed = np.zeros(len(seconds)), np.zeros(len(seconds))
    for here, there in _neighbours(seconds, 3 * window):
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
