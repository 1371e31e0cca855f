"""Filling gaps and steadying boxes: local straight lines fitted over time, both ways."""

from __future__ import annotations

import numpy as np

from engine.tracker.geometry import Floats


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


def smooth(seconds: Floats, values: Floats, weights: Floats, window: float) -> Floats:
    """Fit a straight line around each instant, neighbours weighted by a Gaussian in time.

    Args:
        seconds: (n,) rising.
        values: (n, c).
        weights: (n,) trust in each value.
        window: standard deviation of the Gaussian, seconds.

    Returns:
        (n, c).
    """
    count = len(seconds)
    reach = 3 * window
    total = np.zeros(count)
    first, second = np.zeros(count), np.zeros(count)
    zeroth_value, first_value = np.zeros_like(values), np.zeros_like(values)
    offset = 0
    while offset < count:
        pairs = [(slice(0, count - offset), slice(offset, count))]
        if offset:
            pairs.append((slice(offset, count), slice(0, count - offset)))
        if offset and (seconds[offset:] - seconds[: count - offset]).min() > reach:
            break
        for here, there in pairs:
            lag = seconds[there] - seconds[here]
            weight = weights[there] * np.exp(-0.5 * (lag / window) ** 2)
            total[here] += weight
            first[here] += weight * lag
            second[here] += weight * lag * lag
            zeroth_value[here] += weight[:, None] * values[there]
            first_value[here] += (weight * lag)[:, None] * values[there]
        offset += 1
    # A little of "no slope" keeps the ends, where all neighbours lie on one side, from swinging.
    second = second + 0.05 * window**2 * total
    below = total * second - first * first
    result: Floats = (second[:, None] * zeroth_value - first[:, None] * first_value) / below[:, None]
    return result
