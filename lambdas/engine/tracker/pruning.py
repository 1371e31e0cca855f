"""Tracks that are no person's: too short, or never of enough confidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.settings import Settings
from engine.tracker.store import Store
from engine.tracker.tracklets import Tracklets

_WIDE = 1.3
"""Width over height from which on a box does not look like someone upright."""


def drop_short_tracklets(store: Store, settings: Settings) -> None:
    """Unassign tracklets of too little evidence; recovery adds them to the track they lie on."""
    tracklets = Tracklets.of(store)
    if len(tracklets):
        store.unassign(tracklets.labels[_duration(store, tracklets) < settings.least_tracklet_seconds])


def drop_false_positives(store: Store, settings: Settings) -> None:
    """Unassign tracks that are too short, or of too little confidence for their shape."""
    tracks = Tracklets.of(store)
    if len(tracks) == 0:
        return
    keep = _duration(store, tracks) >= settings.least_track_seconds
    for track in np.nonzero(keep)[0].tolist():
        rows = tracks[track]
        width, height = store.boxes[rows, 2], store.boxes[rows, 3]
        wide = np.median(width / height) > _WIDE
        least = settings.least_wide_track_confidence if wide else settings.least_track_confidence
        keep[track] = np.quantile(store.scores[rows], 0.75) >= least
    store.unassign(tracks.labels[~keep])


def _duration(store: Store, tracklets: Tracklets) -> npt.NDArray[np.float64]:
    seconds = store.seconds[store.frame_of[tracklets.rows]]
    duration: npt.NDArray[np.float64] = seconds[tracklets.edges[1:] - 1] - seconds[tracklets.edges[:-1]]
    return duration
