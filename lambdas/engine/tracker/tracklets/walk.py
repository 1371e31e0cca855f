"""How far someone has walked."""

from __future__ import annotations

import numpy as np

from engine.tracker.motion.camera_path import is_plausible, move
from engine.tracker.tracklets.ranges import Indices
from engine.tracker.tracklets.store import Store


def walk(store: Store, rows: Indices) -> float:
    """Body heights, across or down, between the mean places of a track's first and last third, less what the
    camera moved; 0 where the camera's motion is not to be believed.
    """
    boxes = store.boxes[rows].astype(np.float64)
    if store.camera_path is not None:
        frames = store.frame_of[rows].astype(np.intp)
        motion = store.camera_path.back_from(frames, int(frames[0]))
        if not is_plausible(motion):
            return 0.0
        boxes = move(motion, boxes)
    third = max(1, len(boxes) // 3)
    change = boxes[-third:, :2].mean(0) - boxes[:third, :2].mean(0)
    return float(np.abs(change).max() / np.median(boxes[:, 3]))
