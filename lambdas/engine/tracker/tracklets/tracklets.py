"""Detections grouped by track: every tracklet is one slice of an index into the store."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.tracklets.store import Store


@dataclass(eq=False)
class Tracklets:
    """T tracklets in rising order of label.

    Attributes:
        labels: int32 (T,), their numbers in ``Store.track``.
        rows: intp (R,), rows of the store, tracklet after tracklet, by time inside each.
        edges: intp (T + 1,), where each tracklet's rows begin in ``rows``.
    """

    labels: npt.NDArray[np.int32]
    rows: npt.NDArray[np.intp]
    edges: npt.NDArray[np.intp]

    @classmethod
    def of(cls, store: Store) -> Tracklets:
        """Group the assigned detections of a store."""
        rows = np.nonzero(store.track >= 0)[0]
        rows = rows[np.argsort(store.track[rows], kind="stable")]
        labels, first = np.unique(store.track[rows], return_index=True)
        return cls(labels, rows, np.append(first, len(rows)))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, tracklet: int) -> npt.NDArray[np.intp]:
        """Rows of one tracklet, by time."""
        return self.rows[self.edges[tracklet] : self.edges[tracklet + 1]]
