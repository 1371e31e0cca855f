"""From detections to paths: the passes of the linker, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from engine.detections import SegmentDetections
from engine.tracker.cutting import cut
from engine.tracker.gather import gather
from engine.tracker.geometry import to_ratios
from engine.tracker.paths import Paths
from engine.tracker.settings import Settings
from engine.tracker.smoothing import fill, steady
from engine.tracker.stitching import stitch
from engine.tracker.store import Store
from engine.tracker.suppression import drop_ghosts
from engine.tracker.track import Track


_FILLED_TRUST = 0.2
"""Weight of a filled-in box in smoothing, where one seen in full has 1."""


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
    return list(_tracks(store, frame_aspect, settings))


def assemble(segments: Iterable[SegmentDetections], aspect: float, settings: Settings) -> Store:
    """Label every detection with its final path."""
    store = gather(segments, aspect, settings)
    cut(store, settings)
    stitch(store, settings)
    drop_ghosts(store, settings)
    return store


def _tracks(store: Store, aspect: float, settings: Settings) -> Iterator[Track]:
    paths = Paths.of(store)
    first_rows = paths.rows[paths.edges[:-1]]
    times = store.seconds
    for index, path in enumerate(np.argsort(first_rows, kind="stable").tolist()):
        rows = paths[path]
        frames = store.frame_of[rows]
        everywhere = np.arange(frames[0], frames[-1] + 1)
        seen = frames - frames[0]
        boxes = fill(times[frames], store.boxes[rows].astype(np.float64), times[everywhere])
        scores = np.interp(times[everywhere], times[frames], store.scores[rows])
        trust = np.full(len(everywhere), _FILLED_TRUST)
        trust[seen] = 1.0 - 0.8 * store.hidden[rows]
        boxes = steady(times[everywhere], boxes, trust)
        which = np.full(len(everywhere), -1, np.int64)
        which[seen] = rows
        yield Track(
            index=index,
            timestamps_ms=store.timestamps_ms[everywhere],
            boxes=to_ratios(boxes, aspect).astype(np.float32),
            scores=scores.astype(np.float32),
            rows=which,
        )
