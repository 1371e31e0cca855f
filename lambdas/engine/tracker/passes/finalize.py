"""One person's detections made a whole track: gaps interpolated, boxes smoothed, long absences left out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import to_ratios
from engine.tracker.motion.camera_path import inverse, is_plausible, move
from engine.tracker.passes.smoothing import interpolate, smooth
from engine.tracker.time_limits import within
from engine.tracker.track import Track
from engine.tracker.tracklets.store import Store
from shared.links import Link

_INTERPOLATED_WEIGHT = 0.2
"""Weight of an interpolated box in smoothing, where a detection without occlusion has its confidence."""

_OCCLUSION_LOSS = 0.8
"""What a box wholly behind others loses of its weight: a detector guesses its hidden side."""

_LEAST_WEIGHT = 0.05
"""Weight of a detection of no confidence at all, which detectors of others' making may have."""


def finalize(
    store: Store,
    rows: npt.NDArray[np.intp],
    index: int,
    *,
    links: tuple[Link, ...] = (),
    longest_gap: float = np.inf,
) -> Track:
    """The track of the person whose detections are these rows of the store, by time.

    A gap of more than ``longest_gap`` seconds is an absence: the track is not interpolated across it.
    """
    frames = store.frame_of[rows]
    times = store.seconds_of(int(frames[0]), int(frames[-1]) + 1)
    detected = frames - frames[0]
    boxes = store.boxes[rows].astype(np.float64)
    motion = None
    if store.camera_path is not None:
        every_frame = np.arange(frames[0], frames[-1] + 1)
        motion = store.camera_path.back_from(every_frame, int(frames[0]))
        motion = motion if is_plausible(motion) else None
    if motion is not None:  # On a ground that stands still a line through a gap stays straight.
        boxes = move(motion[detected], boxes)
    boxes = interpolate(times[detected], boxes, times)
    weights = np.full(len(times), _INTERPOLATED_WEIGHT)
    # The less confident the detector, the worse its boxes fit.
    weights[detected] = np.maximum(store.scores[rows], _LEAST_WEIGHT) * (
        1.0 - _OCCLUSION_LOSS * store.occlusion[rows]
    )
    boxes = smooth(times, boxes, weights)
    if motion is not None:
        boxes = move(inverse(motion), boxes)
    row_of = np.full(len(times), -1, np.int64)
    row_of[detected] = rows
    instants = store.timestamps_ms[frames[0] : frames[-1] + 1]
    long = np.nonzero(~within(np.diff(times[detected]), np.diff(detected), longest_gap))[0]
    there = np.ones(len(times), bool)
    for gap in long.tolist():
        there[detected[gap] + 1 : detected[gap + 1]] = False
    return Track(
        index=index,
        timestamps_ms=instants[there],
        boxes=to_ratios(boxes[there], store.aspect).astype(np.float32),
        scores=np.interp(times, times[detected], store.scores[rows])[there].astype(np.float32),
        rows=row_of[there],
        absences=np.column_stack([instants[detected[long]], instants[detected[long + 1]]]),
        links=links,
    )
