"""The two ends of every tracklet: position, velocity, size, appearance, and how uncertain they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats
from engine.tracker.motion.camera_path import move
from engine.tracker.motion.error_correlation import correlation
from engine.tracker.motion.motion_model import FIT_CENTRE_NOISE, FIT_SPEED
from engine.tracker.time_limits import within
from engine.tracker.tracklets.ranges import expanded
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets

_DESCRIBED_AT_ONCE = 10_000
"""Detections gone through at a time: bounds memory in long videos."""

_FIT_SECONDS = 1.0
"""How far back from the end the straight line is fitted: longer is steadier, shorter follows turns."""

_APPEARANCE_SECONDS = 2.0
"""How far back from the end descriptors are averaged: longer evens out light, shorter mixes less."""

_OCCLUDED_WEIGHT = 0.1
"""What a detection wholly behind others still weighs in position and size. Raising it lets guesses of a
hidden side move an end.
"""

_APPEARANCE_OFFSET = 0.02
"""The same in appearance, before squaring: of descriptors all wholly occluded some mean must remain.
Raising it mixes more of who stands in front into a person's looks.
"""


@dataclass(eq=False)
class TrackletEnds:
    """One end of each of T tracklets.

    Attributes:
        seconds: (T,) the instant of the end.
        frame: (T,) its analysed frame.
        forward_track: (T,) the forward pass's tracklet that the detection at the end is of.
        centre: (T, 2) in frame heights, from a straight line fitted to the last second.
        velocity: (T, 2) frame heights a second.
        covariance: (T, 2, 3), across and down: variance of the centre, its covariance with the velocity,
            variance of the velocity.
        height: (T,) in frame heights.
        width: (T,) in frame heights.
        appearance: (T, D) mean descriptor.
    """

    seconds: Floats
    frame: npt.NDArray[np.intp]
    forward_track: npt.NDArray[np.int32]
    centre: Floats
    velocity: Floats
    covariance: Floats
    height: Floats
    width: Floats
    appearance: npt.NDArray[np.uint8]


def tracklet_ends(
    store: Store, tracklets: Tracklets, *, first: bool, appearance_seconds: float | None = None
) -> TrackletEnds:
    """The beginnings (``first``) or the ends of tracklets.

    Args:
        appearance_seconds: how far from the end descriptors are averaged; `_APPEARANCE_SECONDS` where
            not given.
    """
    if appearance_seconds is None:
        appearance_seconds = _APPEARANCE_SECONDS
    count = len(tracklets)
    ends = tracklets.rows[tracklets.edges[:-1] if first else tracklets.edges[1:] - 1]
    result = TrackletEnds(
        seconds=np.zeros(count),
        frame=np.zeros(count, np.intp),
        forward_track=store.forward_track[ends],
        centre=np.zeros((count, 2)),
        velocity=np.zeros((count, 2)),
        covariance=np.zeros((count, 2, 3)),
        height=np.zeros(count),
        width=np.zeros(count),
        appearance=np.zeros((count, store.appearance.shape[1]), np.uint8),
    )
    length = np.diff(tracklets.edges)
    block = np.cumsum(length) // _DESCRIBED_AT_ONCE
    for some in np.split(np.arange(count), np.nonzero(np.diff(block))[0] + 1):
        _describe(result, store, tracklets, some, first=first, appearance_seconds=appearance_seconds)
    return result


def _describe(
    result: TrackletEnds,
    store: Store,
    tracklets: Tracklets,
    some: Indices,
    *,
    first: bool,
    appearance_seconds: float,
) -> None:
    """Fill in one end of those tracklets."""
    of, place = expanded(tracklets.edges[some], tracklets.edges[some + 1])
    rows = tracklets.rows[place]
    frame = store.frame_of[tracklets.rows[tracklets.edges[some] if first else tracklets.edges[some + 1] - 1]]
    result.frame[some], result.seconds[some] = frame, store.timestamps_ms[frame] / 1000.0
    when = store.timestamps_ms[store.frame_of[rows]] / 1000.0 - result.seconds[some][of]
    away = np.abs(store.frame_of[rows] - frame[of])
    near = within(np.abs(when), away, appearance_seconds)
    of, rows, when, away = of[near], rows[near], when[near], away[near]
    if store.has_appearance:
        result.appearance[some] = _mean_appearance(store, of, rows)
    near = within(np.abs(when), away, _FIT_SECONDS)
    of, rows, when = of[near], rows[near], when[near]
    boxes = _boxes_at(store, rows, frame[of])
    weights = (_OCCLUDED_WEIGHT + (1 - _OCCLUDED_WEIGHT) * (1 - store.occlusion[rows])).astype(np.float64)
    result.height[some] = _weighted_medians(of, boxes[:, 3], weights)
    result.width[some] = _weighted_medians(of, boxes[:, 2], weights)
    _fit_lines(result, some, of, when, boxes, weights, store.error_seconds)


def _mean_appearance(store: Store, of: Indices, rows: Indices) -> Floats:
    weights = (1 + _APPEARANCE_OFFSET - store.occlusion[rows]).astype(np.float64) ** 2
    begin = np.nonzero(np.diff(of, prepend=-1))[0]
    summed = np.add.reduceat(weights[:, None] * store.appearance[rows], begin, axis=0)
    mean: Floats = np.rint(summed / np.add.reduceat(weights, begin)[:, None])
    return mean


def _boxes_at(store: Store, rows: Indices, frames: npt.NDArray[np.integer]) -> Floats:
    """Boxes (n, 4) where they would be in the pictures of those frames, had nothing moved but the camera."""
    boxes = store.boxes[rows].astype(np.float64)
    if store.camera_path is None:
        return boxes
    motion = store.camera_path.back_from(store.frame_of[rows].astype(np.intp), frames.astype(np.intp))
    return move(motion, boxes)


def _fit_lines(
    result: TrackletEnds,
    some: Indices,
    of: Indices,
    when: Floats,
    boxes: Floats,
    weights: Floats,
    error_seconds: float,
) -> None:
    """Straight lines by generalised least squares, drawn to rest by what is known of people's speeds.

    Errors near in time are alike (a Markov process, as exponential correlation has it), so each value counts
    by what it adds to the one before: how many frames a second are analysed makes no fit too sure of itself.
    """

    def summed(values: Floats) -> Floats:
        return np.bincount(of, values, len(some)).astype(np.float64)

    shared = np.where(np.diff(of) == 0, correlation(np.abs(np.diff(when)), error_seconds), 0.0)
    one, lag = _whitened(np.ones(len(when)), shared), _whitened(when, shared)
    total, lean, spread = summed(weights * one**2), summed(weights * one * lag), summed(weights * lag**2)
    for axis in range(2):
        centre = _whitened(boxes[:, axis], shared)
        centre_total, centre_lean = summed(weights * one * centre), summed(weights * lag * centre)
        prior = (FIT_CENTRE_NOISE / FIT_SPEED[axis]) ** 2
        determinant = total * (spread + prior) - lean * lean
        result.centre[some, axis] = ((spread + prior) * centre_total - lean * centre_lean) / determinant
        result.velocity[some, axis] = (total * centre_lean - lean * centre_total) / determinant
        unit = (FIT_CENTRE_NOISE * result.height[some]) ** 2 / determinant
        result.covariance[some, axis] = np.column_stack([(spread + prior) * unit, -lean * unit, total * unit])


def _whitened(values: Floats, correlation: Floats) -> Floats:
    """Values (n,) less what the one before tells of each, over what that leaves of their standard deviation:
    their errors, which correlate with those before by ``correlation`` (n - 1,), are independent then, and as
    large as they were.
    """
    result = values.astype(np.float64)
    result[1:] -= correlation * values[:-1]
    result[1:] /= np.sqrt(1 - correlation**2)
    return result


def _weighted_medians(of: Indices, values: Floats, weights: Floats) -> Floats:
    """Median of each group; ``of`` (n,) says which group a value is of, and never falls."""
    order = np.lexsort((values, of))
    begin = np.nonzero(np.diff(of, prepend=-1))[0]
    running = np.cumsum(weights[order])
    before = np.append(0.0, running)[begin]
    half = before + (np.append(before[1:], running[-1]) - before) / 2
    # Running sums never fall, so the place of each group's half lies inside the group.
    median: Floats = values[order[np.searchsorted(running, half)]]
    return median
