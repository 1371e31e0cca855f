"""How people of one video differ in appearance, learnt from its own tracks.

A track is one person, so its detections show how much a person's descriptor changes; the tracks' means show
how much people differ. With both taken for normal (probabilistic linear discriminant analysis, Ioffe 2006),
the ratio of likelihoods of two descriptors, of one person against two, has a closed form. Two tracks in one
frame are two people for certain: how alike they look at most says how much a likeness proves in this video.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats, iou
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets

_LEAST_DETECTIONS = 4
"""Detections that a track must have to be learnt from."""

_MOST_OCCLUSION = 0.3
"""Detections more occluded than this show others too."""

_MOST_DETECTIONS = 10_000
"""So many are enough to learn from: bounds time in long videos."""

_USUAL_CHANGE, _USUAL_DIFFERENCE = 700.0, 1650.0
"""Variance of each number inside a track and between people, before a video has shown any: 450 to 910 and
1470 to 1830 on four videos.
"""

_USUAL_WEIGHT = 15
"""The usual variances count like so many tracks of the video."""

_SHRINKAGE = 0.5
"""Share of what changes inside tracks that is taken for alike in all directions (Ledoit-Wolf): detections
after each other are much the same, so however many there are they are few.
"""

_CHANGE = 2.0
"""How much more descriptors change over an absence than inside a track: the light is another one, and people
have turned. Measured: as much as inside a track on average, but by far more at times.
"""

_NEIGHBOURS = 20
"""Each track is compared with so many that begin next after it: bounds time in long videos."""


@dataclass(frozen=True, eq=False)
class AppearanceModel:
    """Descriptors (D,) in axes in which both covariances are diagonal.

    Attributes:
        mean: (D,) of all people.
        axes: (D, D), in columns; along each a person's own descriptors have variance 1.
        spread: (D,) the variance of people's means along each.
        alike: by how much the ratios of two different people of this video are too large: a likelihood ratio
            is 1 on average where the two are different.
        most: the greatest logarithm that can be stated: that of how many pairs of people were compared.
    """

    mean: Floats
    axes: Floats
    spread: Floats
    alike: float = 0.0
    most: float = 0.0

    @classmethod
    def learnt(cls, store: Store, tracks: Tracklets) -> AppearanceModel:
        """The model of a video's tracks."""
        clear = _clear(store, tracks)
        values = store.appearance[clear.rows].astype(np.float64)
        size = values.shape[1]
        means = np.zeros((0, size))
        if len(clear):
            means = np.add.reduceat(values, clear.begin, axis=0) / clear.count[:, None]
        mean = means.mean(0) if len(clear) else np.zeros(size)
        within = _CHANGE * _within(values - np.repeat(means, clear.count, axis=0), len(clear))
        whiten = np.linalg.inv(np.linalg.cholesky(within))
        spread, turn = np.linalg.eigh(whiten @ _between(means - mean) @ whiten.T)
        model = cls(mean, whiten.T @ turn, np.maximum(spread, 0))
        one, other = _two_people(store, clear)
        people = model.projected(means)
        ratios = model._ratio(people[one], people[other])
        most = float(np.log1p(len(ratios)))
        alike = float(np.logaddexp.reduce(ratios, initial=0.0)) - most
        return replace(model, alike=max(alike, 0.0), most=most)

    def projected(self, descriptors: npt.NDArray[np.uint8] | Floats) -> Floats:
        """Descriptors (n, D) in the model's axes."""
        result: Floats = (descriptors - self.mean) @ self.axes
        return result

    def log_likelihood_ratio(self, first: Floats, second: Floats) -> Floats:
        """Natural logarithms (n,) of how much likelier projected descriptors (n, D) are of one person than of
        two.
        """
        result: Floats = np.minimum(self._ratio(first, second) - self.alike, self.most)
        return result

    def _ratio(self, first: Floats, second: Floats) -> Floats:
        alone, together = 1 + self.spread, 1 + 2 * self.spread
        squares, product = 0.5 / alone - 0.25 / together - 0.25, 0.5 - 0.5 / together
        ratio: Floats = np.einsum("ij,ij,j->i", first, second, product)
        ratio += np.einsum("ij,ij,j->i", first, first, squares)
        ratio += np.einsum("ij,ij,j->i", second, second, squares)
        return ratio + 0.5 * float(np.log(alone**2 / together).sum())


@dataclass(frozen=True, eq=False)
class _Clear:
    """Detections hardly occluded of T tracks that have enough of them.

    Attributes:
        rows: (n,) of the store, track after track, by time inside each.
        begin: (T,) where each track's begin in ``rows``.
        count: (T,) how many each has.
    """

    rows: Indices
    begin: Indices
    count: Indices

    def __len__(self) -> int:
        return len(self.begin)


def _clear(store: Store, tracks: Tracklets) -> _Clear:
    of = np.repeat(np.arange(len(tracks)), np.diff(tracks.edges))
    clear = store.occlusion[tracks.rows] <= _MOST_OCCLUSION
    rows, of = tracks.rows[clear], of[clear]
    enough = np.bincount(of, minlength=len(tracks))[of] >= _LEAST_DETECTIONS
    rows, of = rows[enough][:_MOST_DETECTIONS], of[enough][:_MOST_DETECTIONS]
    begin = np.nonzero(np.diff(of, prepend=-1))[0]
    return _Clear(rows, begin, np.diff(np.append(begin, len(of))))


def _two_people(store: Store, clear: _Clear) -> tuple[Indices, Indices]:
    """Pairs of those tracks, by place, that were in one frame without touching: two people for certain."""
    frames = store.frame_of[clear.rows].astype(np.int64)
    first, last = frames[clear.begin], frames[clear.begin + clear.count - 1]
    width = len(store.timestamps_ms)
    by_track_and_frame = np.repeat(np.arange(len(clear)), clear.count) * width + frames
    order = np.argsort(first, kind="stable")
    ones, others = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    for step in range(1, min(_NEIGHBOURS, len(order) - 1) + 1):
        one, other = order[:-step], order[step:]
        together = first[other] <= last[one]
        one, other = one[together], other[together]
        # Where both were when the later one began: two boxes on one person overlap.
        there = np.searchsorted(by_track_and_frame, one * width + first[other], side="right") - 1
        boxes = store.boxes[clear.rows[there]], store.boxes[clear.rows[clear.begin[other]]]
        apart = iou(boxes[0].astype(np.float64), boxes[1].astype(np.float64)) == 0
        ones.append(one[apart])
        others.append(other[apart])
    return np.concatenate(ones), np.concatenate(others)


def _within(off: Floats, tracks: int) -> Floats:
    """Covariance of the deviations (n, D) of detections from the means of their tracks."""
    size = off.shape[1]
    seen = off.T @ off / max(len(off) - tracks, 1)
    usual = (_USUAL_CHANGE * _USUAL_WEIGHT + np.trace(seen) / size * tracks) / (_USUAL_WEIGHT + tracks)
    share = (1 - _SHRINKAGE) * tracks / (tracks + 1)
    result: Floats = share * seen + (1 - share) * usual * np.eye(size)
    return result


def _between(off: Floats) -> Floats:
    """Covariance of the deviations (n, D) of people's means from the mean of all."""
    people, size = off.shape
    result: Floats = (off.T @ off + _USUAL_WEIGHT * _USUAL_DIFFERENCE * np.eye(size)) / (
        max(people - 1, 0) + _USUAL_WEIGHT
    )
    return result
