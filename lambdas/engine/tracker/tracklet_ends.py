"""The two ends of every path: where, how fast, how tall, what colours, and how sure of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.camera_path import move
from engine.tracker.geometry import Floats
from engine.tracker.store import Store
from engine.tracker.tracklets import Paths

_TREND_SECONDS = 1.0
_LOOK_SECONDS = 2.0
_NOISE = 0.05
"""Standard deviation of a detection's place, in heights."""
_SPEED = np.array([0.6, 0.15])
"""Standard deviation of people's speeds, across and down, heights a second."""


@dataclass(eq=False)
class Ends:
    """One end of each of P paths.

    Attributes:
        seconds: (P,) the instant of the end.
        frame: (P,) its analysed frame.
        place: (P, 2) centre in frame heights, from a straight line fitted to the last second.
        speed: (P, 2) frame heights a second.
        variance: (P, 2, 3) of place, of place with speed, of speed; across and down.
        height: (P,) in frame heights.
        width: (P,) in frame heights.
        samples: (P,) detections the fit rests on.
        look: (P, D) mean descriptor.
    """

    seconds: Floats
    frame: npt.NDArray[np.intp]
    place: Floats
    speed: Floats
    variance: Floats
    height: Floats
    width: Floats
    samples: Floats
    look: npt.NDArray[np.uint8]


def ends(store: Store, paths: Paths, *, first: bool) -> Ends:
    """The beginnings (``first``) or the ends of paths."""
    count = len(paths)
    result = Ends(
        seconds=np.zeros(count),
        frame=np.zeros(count, np.intp),
        place=np.zeros((count, 2)),
        speed=np.zeros((count, 2)),
        variance=np.zeros((count, 2, 3)),
        height=np.zeros(count),
        width=np.zeros(count),
        samples=np.zeros(count),
        look=np.zeros((count, store.appearance.shape[1]), np.uint8),
    )
    times = store.seconds
    for path in range(count):
        rows = paths[path]
        when = times[store.frame_of[rows]]
        edge = when[0] if first else when[-1]
        away = np.abs(when - edge)
        near = away <= _LOOK_SECONDS
        rows, when = rows[near], when[near] - edge
        if result.look.shape[1]:
            clear = (1.02 - store.hidden[rows]) ** 2
            result.look[path] = np.rint((clear[:, None] * store.appearance[rows]).sum(0) / clear.sum())
        near = np.abs(when) <= _TREND_SECONDS
        rows, when = rows[near], when[near]
        boxes = store.boxes[rows].astype(np.float64)
        if store.travel is not None:
            seen = store.frame_of[rows].astype(np.intp)
            boxes = move(store.travel.back_from(seen, int(seen[0 if first else -1])), boxes)
        clear = 0.1 + 0.9 * (1 - store.hidden[rows])
        height = _weighted_median(boxes[:, 3], clear)
        result.seconds[path], result.frame[path] = edge, store.frame_of[paths[path][0 if first else -1]]
        result.height[path] = height
        result.width[path] = _weighted_median(boxes[:, 2], clear)
        result.samples[path] = len(rows)
        # A straight line by least squares, drawn to rest by what is known of people's speeds.
        total, lean, spread = clear.sum(), (clear * when).sum(), (clear * when * when).sum()
        for axis in range(2):
            value = boxes[:, axis]
            prior = (_NOISE / _SPEED[axis]) ** 2
            below = total * (spread + prior) - lean * lean
            sum_value, sum_lean = (clear * value).sum(), (clear * when * value).sum()
            result.place[path, axis] = ((spread + prior) * sum_value - lean * sum_lean) / below
            result.speed[path, axis] = (total * sum_lean - lean * sum_value) / below
            unit = (_NOISE * height) ** 2 / below
            result.variance[path, axis] = (spread + prior) * unit, -lean * unit, total * unit
    return result


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(running, running[-1] / 2)]])
