"""What stitching joined, and on what evidence: kept until the tracks are whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats

if TYPE_CHECKING:
    from engine.tracker.tracklets.tracklets import Tracklets


@dataclass(frozen=True, eq=False)
class Joins:
    """n places at which two tracklets were joined to one.

    Attributes:
        before: (n,) the store's row of the last detection before each.
        after: (n,) the row of the first one after it.
        log_odds: (n,) of one person on both sides against the likeliest alternative: two people, or another
            continuation of either side.
    """

    before: Indices
    after: Indices
    log_odds: Floats

    @classmethod
    def none(cls) -> Joins:
        """No join."""
        return cls(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))

    @classmethod
    def at(cls, tracklets: Tracklets, before: Indices, after: Indices, log_odds: Floats) -> Joins:
        """Joins (n,) of tracklets, by their places in ``tracklets``."""
        last, first = tracklets.rows[tracklets.edges[1:] - 1], tracklets.rows[tracklets.edges[:-1]]
        return cls(last[before], first[after], log_odds)

    def where(self, kept: npt.NDArray[np.bool_]) -> Joins:
        """Those joins for which ``kept`` (n,) is true."""
        return Joins(self.before[kept], self.after[kept], self.log_odds[kept])

    def followed_by(self, other: Joins) -> Joins:
        """These, then those."""
        return Joins(
            np.concatenate([self.before, other.before]),
            np.concatenate([self.after, other.after]),
            np.concatenate([self.log_odds, other.log_odds]),
        )
