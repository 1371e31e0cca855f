"""A detector's errors are alike in frames near in time: the same person, light and background mislead it.

Taken for independent, twenty detections of one second would seem four times as sure as five of it, and every
filter and fit too sure of itself, the more so the more frames a second are analysed. Here errors have the
exponential correlation of a first-order Gauss-Markov process, ρ = exp(-t/τ), after Bar-Shalom, Li and
Kirubarajan, *Estimation with Applications to Tracking and Navigation*, 8.2 (autocorrelated noise).
"""

from __future__ import annotations

import numpy as np

from engine.tracker.geometry import Floats


def correlation(seconds: Floats, error_seconds: float) -> Floats:
    """Correlation (n,) of errors that far apart; τ is ``error_seconds``, 0 where they are independent."""
    if error_seconds == 0:
        return np.zeros(len(seconds))
    result: Floats = np.exp(-seconds / error_seconds)
    return result


def independent_share(seconds: Floats, error_seconds: float) -> Floats:
    """What a detection (n,), one of many that far apart in time, counts for in a mean, over one whose error
    is independent: (1 - ρ) / (1 + ρ).
    """
    shared = correlation(seconds, error_seconds)
    result: Floats = (1 - shared) / (1 + shared)
    return result
