"""How sure each join inside a finished track is: the probability that both sides are one person."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats
from engine.tracker.tracklets.joins import Joins
from engine.tracker.tracklets.store import UNASSIGNED, Store
from shared.links import Link

_SLOPE, _INTERCEPT = 0.4, 1.0
"""From log-odds to what is observed (logistic regression, ``bench.tracking.links``)."""


def probability(log_odds: npt.NDArray[np.floating]) -> Floats:
    """The share of joins (n,) of those log-odds that are right."""
    result: Floats = 1 / (1 + np.exp(-(_SLOPE * np.asarray(log_odds, np.float64) + _INTERCEPT)))
    return result


def joins_inside(store: Store) -> Joins:
    """The joins whose two sides are still in one track."""
    joins = store.joins
    label = store.track[joins.after]
    return joins.where((label == store.track[joins.before]) & (label != UNASSIGNED))


def links(store: Store) -> dict[int, tuple[Link, ...]]:
    """The joins inside the store's tracks by the track's label, each track's by time."""
    joins = joins_inside(store)
    times = store.timestamps_ms[store.frame_of[joins.after]]
    found: dict[int, list[Link]] = defaultdict(list)
    for label, at_ms, confidence in zip(
        store.track[joins.after].tolist(), times.tolist(), probability(joins.log_odds).tolist(), strict=True
    ):
        found[label].append(Link(at_ms, confidence))
    return {label: tuple(sorted(some)) for label, some in found.items()}
