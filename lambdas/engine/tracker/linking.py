"""From detections to tracks: the passes of the tracker, in order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.analysis.detections import SegmentDetections
from engine.tracker.passes.finalize import finalize
from engine.tracker.passes.forward_pass import track_forward
from engine.tracker.passes.link_confidence import links
from engine.tracker.passes.pruning import drop_false_positives, drop_short_tracklets
from engine.tracker.passes.recovery import recover
from engine.tracker.passes.rejoining import rejoin
from engine.tracker.passes.splitting import split
from engine.tracker.passes.stitching import stitch
from engine.tracker.passes.walkers import add_walkers
from engine.tracker.settings import Settings
from engine.tracker.track import Track
from engine.tracker.tracklets.store import UNASSIGNED, Store
from engine.tracker.tracklets.tracklets import Tracklets


def link(
    segments: Iterable[SegmentDetections], *, frame_aspect: float, settings: Settings | None = None
) -> list[Track]:
    """Link the detections of a whole video to one track a person.

    The same detections give the same tracks however they are divided into segments.

    Args:
        segments: in order of time; each is let go of once read.
        frame_aspect: width over height of the frame.
        settings: the defaults unless given.

    Raises:
        ValueError: the segments are out of order, or ``frame_aspect`` is not above 0.
    """
    if not frame_aspect > 0:
        raise ValueError(f"frame_aspect is {frame_aspect}, not above 0")
    settings = settings or Settings()
    store = assemble(segments, frame_aspect, settings)
    store.appearance = store.appearance[:0]  # Not needed any more, and the largest array of all.
    tracklets = Tracklets.of(store)
    by_first_detection = np.argsort(tracklets.rows[tracklets.edges[:-1]], kind="stable").tolist()
    joined, labels = links(store), tracklets.labels.tolist()
    return [
        finalize(
            store,
            tracklets[one],
            index,
            links=joined.get(labels[one], ()),
            longest_gap=settings.stitch_seconds,
        )
        for index, one in enumerate(by_first_detection)
    ]


def assemble(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Give every detection its final track."""
    store = track_forward(segments, aspect, settings)
    if store.has_appearance:  # Without it nothing could re-identify the pieces of a split.
        split(store, settings)
        _link_long_tracklets(store, settings)
    stitch(store, settings)
    drop_false_positives(store, settings)
    recover(store, settings)
    rejoin(store, settings)
    if store.has_appearance:  # Without pictures nobody can tell who walks from a camera that moves.
        add_walkers(store, settings)
    return store


def _link_long_tracklets(store: Store, settings: Settings) -> None:
    """Stitch without the tracklets of too little evidence, then bring back those of them that are left.

    Most short ones lie on a long track, and recovery adds them to it. In a crowd others are all that a person
    shows between two occlusions: once the long ones are joined, little is left to confuse them with.
    """
    pieces = store.track.copy()
    drop_short_tracklets(store, settings)
    stitch(store, settings)
    recover(store, settings)
    left = (store.track == UNASSIGNED) & (pieces != UNASSIGNED)
    store.track[left] = pieces[left] + store.track.max() + 1
