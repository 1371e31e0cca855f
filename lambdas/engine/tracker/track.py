"""What the tracker gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shared.links import Link


@dataclass(frozen=True, eq=False)
class Track:
    """One person's track at the analysed instants from first to last detection, short gaps interpolated.

    Of a long absence nobody knows where the person was: there is nothing between its two ends.

    Attributes:
        index: 0 for the first person to appear, and so on.
        timestamps_ms: int64 (n,), rising.
        boxes: float32 (n, 4), left, top, width, height as ratios of the frame.
        scores: float32 (n,), detector confidence, 0..1; interpolated where nothing was detected.
        rows: int64 (n,), the detection's row counted over all segments, -1 where the box is interpolated.
        absences: int64 (k, 2), ms, of each long absence the last instant before and the first after.
        links: where pieces of the track were taken for one person, by time, and how sure that is.
    """

    index: int
    timestamps_ms: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    rows: npt.NDArray[np.int64]
    absences: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    links: tuple[Link, ...] = ()

    def shows(self, times_ms: npt.NDArray[np.number]) -> npt.NDArray[np.bool_]:
        """Whether the person is there at those times (n,), which lie between the first and the last."""
        absent = np.zeros(len(times_ms), bool)
        for left, back in self.absences.tolist():
            absent |= (times_ms > left) & (times_ms < back)
        return ~absent
