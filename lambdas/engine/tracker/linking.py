"""From detections to paths: the passes of the linker, in order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.analysis.detections import SegmentDetections
from engine.tracker.cutting import cut
from engine.tracker.finalize import whole_track
from engine.tracker.first_pass import gather
from engine.tracker.pruning import drop_ghosts, drop_scraps
from engine.tracker.recovery import recover
from engine.tracker.settings import Settings
from engine.tracker.stitching import stitch
from engine.tracker.store import Store
from engine.tracker.track import Track
from engine.tracker.tracklets import Paths


def link(
    segments: Iterable[SegmentDetections], *, frame_aspect: float, settings: Settings | None = None
) -> list[Track]:
    """Link the detections of a whole video to one path a person.

    The same detections give the same paths however they are cut into segments.

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
    store.appearance = store.appearance[:0]  # Done with, and the largest of all.
    paths = Paths.of(store)
    by_appearance = np.argsort(paths.rows[paths.edges[:-1]], kind="stable").tolist()
    return [whole_track(store, paths[path], index) for index, path in enumerate(by_appearance)]


def assemble(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Label every detection with its final path."""
    store = gather(segments, aspect, settings)
    if store.appearance.shape[1]:  # Without colours nothing could tell who is who after a cut.
        cut(store, settings)
        drop_scraps(store, settings)
    stitch(store, settings)
    drop_ghosts(store, settings)
    recover(store, settings)
    return store
