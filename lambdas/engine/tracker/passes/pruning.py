"""Tracks that are no person's: too short, or never of enough confidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.settings import Settings
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets
from engine.tracker.tracklets.walk import walk

_WIDE = 1.3
"""Width over height from which on a box does not look like someone upright."""

_BRIEF_SECONDS = 1.5
"""How fast the confidence asked of brief tracks falls towards that asked of long ones (exponential)."""

_BRIEF_SHARE = 1 / 6
"""The same as a share of the video, where that is less: in a clip of a few seconds everyone is brief."""

_STILL_VIDEO_SECONDS = 5.0
"""In a shorter video whoever stands may well do so throughout."""

_STILL_DETECTIONS = 4
"""Of fewer detections it cannot be told whether someone walks."""


def drop_short_tracklets(store: Store, settings: Settings) -> None:
    """Unassign tracklets of too little evidence; recovery adds them to the track they lie on."""
    tracklets = Tracklets.of(store)
    if len(tracklets):
        least = _at_most_half(store, settings.least_tracklet_seconds)
        store.unassign(tracklets.labels[_cover(store, tracklets) < least])


def drop_false_positives(store: Store, settings: Settings) -> None:
    """Unassign tracks that are too short, or of too little confidence for what they look like."""
    tracks = Tracklets.of(store)
    if len(tracks) == 0:
        return
    keep = _cover(store, tracks) >= _at_most_half(store, settings.least_track_seconds)
    for track in np.nonzero(keep)[0].tolist():
        rows = tracks[track]
        keep[track] = np.quantile(store.scores[rows], 0.75) >= _least_confidence(store, rows, settings)
    store.unassign(tracks.labels[~keep])


def _least_confidence(store: Store, rows: Indices, settings: Settings) -> float:
    """What the upper quartile of a track's confidence must reach: the most that any of its traits asks."""
    least = (
        settings.least_track_confidence
        if store.has_appearance
        else settings.motion_only_least_track_confidence
    )
    video_seconds = float(store.frame_durations.sum())
    detected = float(store.frame_durations[store.frame_of[rows]].sum())
    brief_seconds = min(_BRIEF_SECONDS, _BRIEF_SHARE * video_seconds)
    brief_excess = max(settings.least_brief_track_confidence - least, 0.0)
    asked = [least + brief_excess * float(np.exp(-detected / brief_seconds))]
    if np.median(store.boxes[rows, 2] / store.boxes[rows, 3]) > _WIDE:
        asked.append(settings.least_wide_track_confidence)
    if len(rows) == 1:
        asked.append(settings.least_single_confidence)
    elif _may_walk(rows, video_seconds) and walk(store, rows) < settings.least_walk:
        asked.append(settings.least_still_track_confidence)
    return max(asked)


def _may_walk(rows: Indices, video_seconds: float) -> bool:
    return len(rows) >= _STILL_DETECTIONS and video_seconds >= _STILL_VIDEO_SECONDS


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
