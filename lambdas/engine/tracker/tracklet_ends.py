"""The two ends of every tracklet: position, velocity, size, appearance, and how uncertain they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.camera_path import move
from engine.tracker.geometry import Floats
from engine.tracker.motion_model import FIT_CENTRE_NOISE, FIT_SPEED
from engine.tracker.store import Store
from engine.tracker.time_limits import within
from engine.tracker.tracklets import Tracklets

Weights = npt.NDArray[np.floating]

_FIT_SECONDS = 1.0
"""How far back from the end the straight line is fitted: longer is steadier, shorter follows turns."""

_APPEARANCE_SECONDS = 2.0
"""How far back from the end descriptors are averaged: longer evens out light, shorter mixes less."""

_OCCLUDED_WEIGHT = 0.1
"""What a detection wholly behind others still weighs in position and size."""

_APPEARANCE_OFFSET = 0.02
"""The same in appearance, before squaring: of descriptors all wholly occluded some mean must remain."""


@dataclass(eq=False)
class TrackletEnds:
    """One end of each of T tracklets.

    Attributes:
        seconds: (T,) the instant of the end.
        frame: (T,) its analysed frame.
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
    centre: Floats
    velocity: Floats
    covariance: Floats
    height: Floats
    width: Floats
    appearance: npt.NDArray[np.uint8]


def tracklet_ends(store: Store, tracklets: Tracklets, *, first: bool) -> TrackletEnds:
    """The beginnings (``first``) or the ends of tracklets."""
    count = len(tracklets)
    result = TrackletEnds(
        seconds=np.zeros(count),
        frame=np.zeros(count, np.intp),
        centre=np.zeros((count, 2)),
        velocity=np.zeros((count, 2)),
        covariance=np.zeros((count, 2, 3)),
        height=np.zeros(count),
        width=np.zeros(count),
        appearance=np.zeros((count, store.appearance.shape[1]), np.uint8),
    )
    times = store.seconds
    for tracklet in range(count):
        rows = tracklets[tracklet]
        end_frame = int(store.frame_of[rows[0 if first else -1]])
        edge = float(times[end_frame])
        when = times[store.frame_of[rows]] - edge
        result.seconds[tracklet], result.frame[tracklet] = edge, end_frame
        away = np.abs(store.frame_of[rows] - end_frame)
        near = within(np.abs(when), away, _APPEARANCE_SECONDS)
        rows, when, away = rows[near], when[near], away[near]
        if store.has_appearance:
            result.appearance[tracklet] = _mean_appearance(store, rows)
        near = within(np.abs(when), away, _FIT_SECONDS)
        rows, when = rows[near], when[near]
        boxes = _boxes_at(store, rows, end_frame)
        weights = _OCCLUDED_WEIGHT + (1 - _OCCLUDED_WEIGHT) * (1 - store.occlusion[rows])
        result.height[tracklet] = _weighted_median(boxes[:, 3], weights)
        result.width[tracklet] = _weighted_median(boxes[:, 2], weights)
        _fit_line(result, tracklet, when, boxes, weights)
    return result


def _mean_appearance(store: Store, rows: npt.NDArray[np.intp]) -> Floats:
    weights = (1 + _APPEARANCE_OFFSET - store.occlusion[rows]) ** 2
    mean: Floats = np.rint((weights[:, None] * store.appearance[rows]).sum(0) / weights.sum())
    return mean


def _boxes_at(store: Store, rows: npt.NDArray[np.intp], frame: int) -> Floats:
    """Boxes (n, 4) where they would be in the picture of that frame, had nothing moved but the camera."""
    boxes = store.boxes[rows].astype(np.float64)
    if store.camera_path is None:
        return boxes
    return move(store.camera_path.back_from(store.frame_of[rows].astype(np.intp), frame), boxes)


def _fit_line(result: TrackletEnds, tracklet: int, when: Floats, boxes: Floats, weights: Weights) -> None:
    """A straight line by least squares, drawn to rest by what is known of people's speeds."""
    total, lean, spread = weights.sum(), (weights * when).sum(), (weights * when * when).sum()
    for axis in range(2):
        centre = boxes[:, axis]
        prior = (FIT_CENTRE_NOISE / FIT_SPEED[axis]) ** 2
        determinant = total * (spread + prior) - lean * lean
        centre_total, centre_lean = (weights * centre).sum(), (weights * when * centre).sum()
        result.centre[tracklet, axis] = ((spread + prior) * centre_total - lean * centre_lean) / determinant
        result.velocity[tracklet, axis] = (total * centre_lean - lean * centre_total) / determinant
        unit = (FIT_CENTRE_NOISE * result.height[tracklet]) ** 2 / determinant
        result.covariance[tracklet, axis] = (spread + prior) * unit, -lean * unit, total * unit


def _weighted_median(values: Floats, weights: Weights) -> float:
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(running, running[-1] / 2)]])
