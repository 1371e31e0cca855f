"""Tracks that are no person's: too short, or never of enough confidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.settings import Settings
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets

_WIDE = 1.3
"""Width over height from which on a box does not look like someone upright."""

_BRIEF_SECONDS = 1.5
"""How fast the confidence asked of brief tracks falls towards that asked of long ones (exponential)."""

_BRIEF_SHARE = 1 / 6
"""The same as a share of the video, where that is less: in a clip of a few seconds everyone is brief."""


def drop_short_tracklets(store: Store, settings: Settings) -> None:
    """Unassign tracklets of too little evidence; recovery adds them to the track they lie on."""
    tracklets = Tracklets.of(store)
    if len(tracklets):
        least = _at_most_half(store, settings.least_tracklet_seconds)
        store.unassign(tracklets.labels[_cover(store, tracklets) < least])


def drop_false_positives(store: Store, settings: Settings) -> None:
    """Unassign tracks that are too short, or of too little confidence for their shape."""
    tracks = Tracklets.of(store)
    if len(tracks) == 0:
        return
    least_long = (
        settings.least_track_confidence
        if store.has_appearance
        else settings.motion_only_least_track_confidence
    )
    brief_excess = max(settings.least_brief_track_confidence - least_long, 0.0)
    brief_seconds = min(_BRIEF_SECONDS, _BRIEF_SHARE * float(store.frame_durations.sum()))
    keep = _cover(store, tracks) >= _at_most_half(store, settings.least_track_seconds)
    for track in np.nonzero(keep)[0].tolist():
        rows = tracks[track]
        width, height = store.boxes[rows, 2], store.boxes[rows, 3]
        wide = np.median(width / height) > _WIDE
        least = settings.least_wide_track_confidence if wide else least_long
        detected = store.frame_durations[store.frame_of[rows]].sum()
        brief = least_long + brief_excess * np.exp(-detected / brief_seconds)
        least = max(least, float(brief))
        if len(rows) == 1:
            least = max(least, settings.least_single_confidence)
        keep[track] = np.quantile(store.scores[rows], 0.75) >= least
    store.unassign(tracks.labels[~keep])


def _at_most_half(store: Store, seconds: float) -> float:
    """That time, but no more than half of the video's: in a video of a frame or two everyone is brief."""
    return min(seconds, float(store.frame_durations.sum()) / 2)


def _cover(store: Store, tracklets: Tracklets) -> npt.NDArray[np.float64]:
    """Seconds that each tracklet covers: from its first to its last detection, with what both stand for."""
    seconds, durations = store.seconds, store.frame_durations
    first = store.frame_of[tracklets.rows[tracklets.edges[:-1]]]
    last = store.frame_of[tracklets.rows[tracklets.edges[1:] - 1]]
    cover: npt.NDArray[np.float64] = seconds[last] - seconds[first] + (durations[first] + durations[last]) / 2
    return cover
