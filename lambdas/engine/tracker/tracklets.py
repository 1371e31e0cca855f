"""Detections grouped by path: every path is one slice of an index into the store."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.store import Store


@dataclass(eq=False)
class Paths:
    """P paths in rising order of label.

    Attributes:
        labels: int32 (P,).
        rows: intp (R,), rows of the store, path after path, by time inside a path.
        edges: intp (P + 1,), where each path's rows begin in ``rows``.
    """

    labels: npt.NDArray[np.int32]
    rows: npt.NDArray[np.intp]
    edges: npt.NDArray[np.intp]

    @classmethod
    def of(cls, store: Store) -> Paths:
        """Group the labelled detections of a store."""
        rows = np.nonzero(store.path >= 0)[0]
        rows = rows[np.argsort(store.path[rows], kind="stable")]
        labels, first = np.unique(store.path[rows], return_index=True)
        return cls(labels, rows, np.append(first, len(rows)))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, path: int) -> npt.NDArray[np.intp]:
        """Rows of one path, by time."""
        return self.rows[self.edges[path] : self.edges[path + 1]]
