"""Time at low and varying frame rates: limits that no gap between analysed frames exceeds, and durations in
which every frame stands for the time around it.

A limit in seconds alone would end every track where frames are farther apart than it: in a time lapse, at a
low analysis rate, or where a variable frame rate drops.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats

LEAST_FRAMES = 2
"""Analysed frames that every limit of time allows, however far apart they are: one may be missed. At 5 Hz
and more no limit in seconds is shorter than that.
"""


def within(
    seconds: npt.NDArray[np.floating], frames: npt.NDArray[np.integer], limit: float
) -> npt.NDArray[np.bool_]:
    """Whether times (n,), given in seconds and in analysed frames, are within a limit in seconds."""
    result: npt.NDArray[np.bool_] = (seconds <= limit) | (frames <= LEAST_FRAMES)
    return result


def frame_durations(timestamps_ms: npt.NDArray[np.int64]) -> Floats:
    """Seconds (F,) that each analysed frame stands for: half of the time to either neighbour.

    The first and last stand for a whole step; of a single frame nothing is known, it stands for a second.
    """
    if len(timestamps_ms) < 2:
        return np.ones(len(timestamps_ms))
    steps = np.diff(timestamps_ms) / 1000.0
    durations: Floats = (np.append(steps[:1], steps) + np.append(steps, steps[-1:])) / 2
    return durations
