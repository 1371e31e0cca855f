"""What is no path of a person: glimpses, things the detector is never sure of, second boxes on one person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.settings import Settings
from engine.tracker.store import NOBODY, Store
from engine.tracker.tracklets import Paths

_WIDE = 1.3
"""Width over height from which on a box does not look like somebody upright."""


def drop_scraps(store: Store, settings: Settings) -> None:
    """Unlabel pieces too short to tell whose they are; recovery gives them to the path they lie on."""
    paths = Paths.of(store)
    if len(paths):
        drop(store, paths.labels[_lasted(store, paths) < settings.piece_seconds])


def _lasted(store: Store, paths: Paths) -> npt.NDArray[np.float64]:
    seconds = store.seconds[store.frame_of[paths.rows]]
    lasted: npt.NDArray[np.float64] = seconds[paths.edges[1:] - 1] - seconds[paths.edges[:-1]]
    return lasted


def drop_ghosts(store: Store, settings: Settings) -> None:
    """Unlabel paths that were seen too short, or never surely enough for their shape."""
    paths = Paths.of(store)
    if len(paths) == 0:
        return
    keep = _lasted(store, paths) >= settings.least_seconds
    for path in np.nonzero(keep)[0].tolist():
        rows = paths[path]
        width, height = store.boxes[rows, 2], store.boxes[rows, 3]
        least = settings.wide_score if np.median(width / height) > _WIDE else settings.ghost_score
        keep[path] = np.quantile(store.scores[rows], 0.75) >= least
    drop(store, paths.labels[~keep])


def drop(store: Store, labels: npt.NDArray[np.int32]) -> None:
    """Unlabel the detections of these paths."""
    store.path[np.isin(store.path, labels)] = NOBODY
