"""What is no path of a person: glimpses, and second boxes on one person."""

from __future__ import annotations

import numpy as np

from engine.tracker.paths import Paths
from engine.tracker.settings import Settings
from engine.tracker.store import NOBODY, Store


def drop_glimpses(store: Store, settings: Settings) -> None:
    """Unlabel paths seen too short."""
    paths = Paths.of(store)
    if len(paths) == 0:
        return
    seconds = store.seconds[store.frame_of[paths.rows]]
    lasted = seconds[paths.edges[1:] - 1] - seconds[paths.edges[:-1]]
    keep = lasted >= settings.least_seconds
    kept = np.zeros(int(paths.labels.max()) + 1, bool)
    kept[paths.labels[keep]] = True
    labelled = np.nonzero(store.path >= 0)[0]
    store.path[labelled[~kept[store.path[labelled]]]] = NOBODY
