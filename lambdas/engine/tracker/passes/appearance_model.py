"""How people of one video differ in appearance, learnt from its own tracks.

A track is one person, so its detections show how much a person's descriptor changes; the tracks' means show
how much people differ. With both taken for normal (probabilistic linear discriminant analysis, Ioffe 2006),
the ratio of likelihoods of two descriptors, of one person against two, has a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets

_LEAST_TRACKS = 15
"""Of fewer, how people differ is not learnt."""

_LEAST_DETECTIONS = 4
"""Detections that a track must have for its mean to count."""

_MOST_OCCLUSION = 0.3
"""Detections more occluded than this show others too."""

_MOST_DETECTIONS = 10_000
"""So many are enough to learn from: bounds time in long videos."""

_SHRINKAGE = 0.5
"""Share of each covariance that is replaced by one alike in all directions (Ledoit-Wolf): a scene has few
people, and 48 numbers have 1,176 covariances.
"""

_CHANGE = 4.0
"""How much more descriptors change from one end of an absence to the other than inside a track: the light is
another one, and people have turned.
"""

_LIMITS = (-9.0, 4.0)
"""Limits of the log-likelihood ratio: many dress alike."""


@dataclass(frozen=True, eq=False)
class AppearanceModel:
    """Descriptors (D,) in axes in which both covariances are diagonal.

    Attributes:
        mean: (D,) of all people.
        axes: (D, D), in columns; along each a person's own descriptors have variance 1.
        spread: (D,) the variance of people's means along each.
    """

    mean: Floats
    axes: Floats
    spread: Floats

    @classmethod
    def learnt(cls, store: Store, tracks: Tracklets) -> AppearanceModel | None:
        """The model of a video's tracks; None where they are too few."""
        rows, of = _clear(store, tracks)
        begin = np.nonzero(np.diff(of, prepend=-1))[0]
        if len(begin) < _LEAST_TRACKS:
            return None
        values = store.appearance[rows].astype(np.float64)
        count = np.diff(np.append(begin, len(of)))
        means = np.add.reduceat(values, begin, axis=0) / count[:, None]
        off = values - np.repeat(means, count, axis=0)
        within = _CHANGE * _shrunk(off.T @ off / (len(off) - len(begin)))
        between = _shrunk(np.cov(means.T))
        whiten = np.linalg.inv(np.linalg.cholesky(within))
        spread, turn = np.linalg.eigh(whiten @ between @ whiten.T)
        return cls(means.mean(0), whiten.T @ turn, np.maximum(spread, 0))

    def log_likelihood_ratio(self, one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> Floats:
        """Natural logarithms (n,) of how much likelier descriptors (n, D) are of one person than of two."""
        first, second = (one - self.mean) @ self.axes, (other - self.mean) @ self.axes
        total, difference = (first + second) ** 2 / 2, (first - second) ** 2 / 2
        alone, together = 1 + self.spread, 1 + 2 * self.spread
        ratio = (total + difference) / alone - total / together - difference + np.log(alone**2 / together)
        result: Floats = np.clip(0.5 * ratio.sum(1), *_LIMITS)
        return result


def _clear(store: Store, tracks: Tracklets) -> tuple[Indices, Indices]:
    """Rows of detections hardly occluded, of tracks that have enough of them, and the track of each."""
    of = np.repeat(np.arange(len(tracks)), np.diff(tracks.edges))
    clear = store.occlusion[tracks.rows] <= _MOST_OCCLUSION
    rows, of = tracks.rows[clear], of[clear]
    kept = np.bincount(of, minlength=len(tracks))[of] >= _LEAST_DETECTIONS
    return rows[kept][:_MOST_DETECTIONS], of[kept][:_MOST_DETECTIONS]


def _shrunk(covariance: Floats) -> Floats:
    even = max(float(np.trace(covariance)) / len(covariance), 1e-6)
    result: Floats = (1 - _SHRINKAGE) * covariance + _SHRINKAGE * even * np.eye(len(covariance))
    return result
