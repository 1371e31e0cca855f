"""What the linker may be told. All lengths are in the person's own heights, all times in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Parameters of the linker, chosen by cross-validation over sequences; few, and none in frames.

    Attributes:
        sure_score: a detection from here on may start a path.
        low_score: a detection from here on may go on with a path, never start one.
        overlap: least overlap (IoU) of a prediction and a sure detection.
        low_overlap: least overlap of a prediction and a low detection.
        lost_seconds: how long the first pass waits for a person out of sight.
        stitch_seconds: the widest gap over which paths are joined.
        least_seconds: a path seen for less time than this is dropped.
    """

    sure_score: float = 0.5
    low_score: float = 0.2
    overlap: float = 0.25
    low_overlap: float = 0.5
    lost_seconds: float = 0.5
    stitch_seconds: float = 4.0
    merge_overlap: float = 0.3
    cross_overlap: float = 0.3
    ghost_score: float = 0.5
    wide_score: float = 0.85
    stitch_bonus: float = -4.0
    exposed_cost: float = 1.5
    recover_overlap: float = 0.4
    blind_bonus: float = -6.0
    blind_seconds: float = 1.0
    least_seconds: float = 0.5
