"""What is to be reached, and whether it is."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.detection.precision import Evaluation, joined

Band = tuple[float, float]

BANDS: tuple[Band, ...] = ((60, 75), (75, 94), (94, 120), (120, 150), (150, 225), (225, float("inf")))
"""Heights of people in pixels of a frame whose longer side is 1920."""

RECALL: Mapping[Band, float] = {(75, 94): 0.50, (94, 120): 0.75, (120, 150): 0.85}
"""Of the default at chance 0.5, at least."""

MOST_LOST = 0.01
"""AP50 that the default may lose against before, on the sequences of `NEAR`."""

NEAR = ("TUD-Stadtmitte", "PETS09-S2L1")

MOST_COST, FAR_COST = 1.15, 2.5
"""Of the detectors `movenet` and `far`, relative to before."""

FAR_PRECISION = ("MOT17-04", 0.64)
"""AP50 of `far`, at least."""

OPEN_SCENES = ("PETS09-S2L1", "PETS09-S2L1 2x2")
"""Few people are occluded in them, so that height decides."""


@dataclass(frozen=True)
class Reached:
    """By one variant: on each footage, on each sequence, and at which cost relative to before."""

    name: str
    footage: Mapping[str, Evaluation]
    sequences: Sequence[Evaluation]
    cost: float


def named(band: Band) -> str:
    return f"{band[0]:.0f}-{band[1]:.0f}" if band[1] != float("inf") else f"{band[0]:.0f}+"


def mean_recall(scenes: Sequence[Evaluation], band: Band, fewest: int) -> float | None:
    """Recall at chance 0.5 in the mean over those scenes that have `fewest` such people."""
    of_band = [scene.between(*band) for scene in scenes]
    recalls = [scene.recall(0.5) for scene in of_band if len(scene.people) >= fewest]
    return statistics.mean(recalls) if recalls else None


def report(reached: Sequence[Reached]) -> int:
    """Prints each goal; 0 when all are met."""
    by_name = {one.name: one for one in reached}
    default, far, before = by_name["movenet"], by_name["far"], by_name["before"]
    met = []
    print()
    open_scenes = [default.footage[name] for name in OPEN_SCENES if name in default.footage]
    for where, scenes in (
        ("open scenes", [joined(open_scenes)] if open_scenes else []),
        ("every sequence, mean", default.sequences),
    ):
        for band, least in RECALL.items():
            recall = mean_recall(scenes, band, 1)
            if recall is not None:
                met.append(_said(recall >= least, f"recall of {named(band)} px, {where}", recall, least))
    for name in NEAR:
        if name in default.footage:
            got, had = (one.footage[name].average_precision() for one in (default, before))
            met.append(_said(got >= had - MOST_LOST, f"AP50 on {name}", got, had - MOST_LOST))
    met.append(_said(default.cost <= MOST_COST, "the detector's cost", default.cost, MOST_COST))
    name, least = FAR_PRECISION
    if name in far.footage:
        got = far.footage[name].average_precision()
        met.append(_said(got >= least, f"far: AP50 on {name}", got, least))
    met.append(_said(far.cost <= FAR_COST, "far: the detector's cost", far.cost, FAR_COST))
    return 0 if all(met) else 1


def _said(met: bool, what: str, reached: float, goal: float) -> bool:
    print(f"{'met   ' if met else 'MISSED'}  {what}: {reached:.3f}, goal {goal:.3f}")
    return met
