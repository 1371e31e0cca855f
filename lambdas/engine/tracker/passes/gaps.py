"""Pairs of tracklets, one ending before the other begins: the gaps that stitching may close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.association import Indices
from engine.tracker.geometry import Floats
from engine.tracker.tracklets.tracklet_ends import TrackletEnds


@dataclass(frozen=True, eq=False)
class Gaps:
    """n gaps, each between an end and a later beginning.

    Attributes:
        tails: the ends of all T tracklets.
        heads: their beginnings.
        before: (n,) the tracklet before each gap.
        after: (n,) the tracklet after it.
    """

    tails: TrackletEnds
    heads: TrackletEnds
    before: Indices
    after: Indices

    def __len__(self) -> int:
        return len(self.before)

    @property
    def seconds(self) -> Floats:
        """(n,) how long each gap is."""
        return self.heads.seconds[self.after] - self.tails.seconds[self.before]

    @property
    def of_one_forward_track(self) -> npt.NDArray[np.bool_]:
        """(n,) whether both sides of each gap are pieces of one tracklet of the forward pass."""
        same: npt.NDArray[np.bool_] = (
            self.tails.forward_track[self.before] == self.heads.forward_track[self.after]
        )
        return same

    def at(self, which: Indices) -> Gaps:
        """Those gaps, by index."""
        return Gaps(self.tails, self.heads, self.before[which], self.after[which])

    def where(self, kept: npt.NDArray[np.bool_]) -> Gaps:
        """Those gaps for which ``kept`` (n,) is true."""
        return Gaps(self.tails, self.heads, self.before[kept], self.after[kept])

    @classmethod
    def joined(cls, parts: Sequence[Gaps]) -> Gaps:
        """All gaps of at least one part; the parts are of the same tracklets."""
        before = np.concatenate([part.before for part in parts])
        after = np.concatenate([part.after for part in parts])
        return cls(parts[0].tails, parts[0].heads, before, after)
