"""What the linker may be told. All lengths are in the person's own heights, all times in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Parameters of the linker, chosen by cross-validation over sequences; few, and none in frames.

    Scores are the chance, 0..1, that a box is a person; overlaps are IoU unless said otherwise.

    Attributes:
        sure_score: a detection from here on may start a path.
        low_score: a detection from here on may go on with a path, never start one.
        overlap: least overlap of a prediction and a sure detection.
        low_overlap: least overlap of a prediction and a low detection.
        echo_overlap: a low detection that overlaps a sure one, already given to a path, this much is ignored.
        lost_seconds: how long the first pass waits for a person out of sight.
        merge_overlap: a path is cut where another one begins or ends with this share of its box in common.
        cross_overlap: two paths are both cut where their boxes overlap most, if this much.
        piece_seconds: pieces shorter than this after cutting are left to recovery.
        stitch_bonus: logarithm of the odds that an end and a beginning are one person, before looking.
        exposed_cost: what each second unseen in plain sight takes from the worth of a stitch.
        stitch_seconds: the widest gap over which paths are joined.
        blind_bonus: in place of ``stitch_bonus`` where no colours are known.
        blind_seconds: in place of ``stitch_seconds`` where no colours are known.
        blind_lost_seconds: in place of ``lost_seconds`` where no colours are known.
        recover_overlap: least overlap of an expected box and a low detection taken up afterwards.
        ghost_score: a path whose best quarter of scores lies below this is dropped.
        wide_score: the same for paths wider than people are.
        least_seconds: a path seen for less time than this is dropped.
    """

    sure_score: float = 0.5
    low_score: float = 0.2
    overlap: float = 0.3
    low_overlap: float = 0.5
    echo_overlap: float = 0.5
    lost_seconds: float = 0.8
    merge_overlap: float = 0.3
    cross_overlap: float = 0.3
    piece_seconds: float = 0.15
    stitch_bonus: float = -3.5
    exposed_cost: float = 1.5
    stitch_seconds: float = 8.0
    blind_bonus: float = -5.0
    blind_seconds: float = 1.5
    blind_lost_seconds: float = 0.5
    recover_overlap: float = 0.4
    ghost_score: float = 0.5
    wide_score: float = 0.85
    least_seconds: float = 0.5
