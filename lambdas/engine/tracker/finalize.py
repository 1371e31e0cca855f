"""One person's detections made a whole path: gaps filled in, boxes steadied."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.camera_path import inverse, is_tame, move
from engine.tracker.geometry import to_ratios
from engine.tracker.smoothing import fill, steady
from engine.tracker.store import Store
from engine.tracker.track import Track

_FILLED_TRUST = 0.2
"""Weight of a filled-in box in smoothing, where one seen in full has 1."""
_HIDDEN_DISTRUST = 0.8
"""What a box wholly behind others loses of its weight."""


def whole_track(store: Store, rows: npt.NDArray[np.intp], index: int) -> Track:
    """The path of the person whose detections are these rows of the store, by time."""
    frames = store.frame_of[rows]
    times = store.seconds_of(int(frames[0]), int(frames[-1]) + 1)
    seen = frames - frames[0]
    boxes = store.boxes[rows].astype(np.float64)
    motion = None
    if store.travel is not None:
        everywhere = np.arange(frames[0], frames[-1] + 1)
        motion = store.travel.back_from(everywhere, int(frames[0]))
        motion = motion if is_tame(motion) else None
    if motion is not None:  # On a ground that stands still a line through a gap stays straight.
        boxes = move(motion[seen], boxes)
    boxes = fill(times[seen], boxes, times)
    trust = np.full(len(times), _FILLED_TRUST)
    trust[seen] = 1.0 - _HIDDEN_DISTRUST * store.hidden[rows]
    boxes = steady(times, boxes, trust)
    if motion is not None:
        boxes = move(inverse(motion), boxes)
    which = np.full(len(times), -1, np.int64)
    which[seen] = rows
    return Track(
        index=index,
        timestamps_ms=store.timestamps_ms[frames[0] : frames[-1] + 1].copy(),
        boxes=to_ratios(boxes, store.aspect).astype(np.float32),
        scores=np.interp(times, times[seen], store.scores[rows]).astype(np.float32),
        rows=which,
    )
