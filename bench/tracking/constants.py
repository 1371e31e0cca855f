"""``python -m bench.tracking.constants --mot PATH``: how much each number of the tracker matters.

Every setting and every constant, one at a time, times 0.7 and times 1.4: the change of HOTA and IDF1 on each
sequence, means over every start and both detectors. What changes nothing needs no tuning; what changes much,
and in the same direction everywhere, is not at its best. Prints Markdown, as it is in docs/tracking.md. What
was tried is kept, so it may be interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from bench.tracking.arguments import parsed_trials
from bench.tracking.evaluation import Figures
from bench.tracking.hota_idf1 import BySequence, cell, less, mean, signed_cell
from bench.tracking.tracker_constants import Number, constants
from bench.tracking.trials import (
    AS_IT_IS,
    PUBLIC,
    Change,
    Trials,
    tracker_digest,
    values_in_force,
)
from engine.tracker import Settings

_FACTORS = (0.7, 1.4)
_MATTERS = 1.0
"""HOTA on one sequence: less is chance."""
_GAINS = 0.3
"""HOTA in the mean over sequences that is worth a second look at the value in force."""

LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "bounds memory or time, or is a label: no path depends on it": (
        "appearance_model._MOST_DETECTIONS",
        "camera_path._BLOCK",
        "growing_array._GROWTH",
        "growing_array._LEAST_ROWS",
        "occlusion._COMPARED_AT_ONCE",
        "splitting._ENDS_AT_ONCE",
        "splitting._RELABELLED_AT_ONCE",
        "stitching._PAIRS_AT_ONCE",
        "store.UNASSIGNED",
        "tracklet_ends._DESCRIBED_AT_ONCE",
    ),
    "only has to be large, or small, enough": (
        "association.IMPOSSIBLE",
        "kalman._LEAST_SIZE",
        "store_builder._STILL",
    ),
    "states how sure a link is, changes no path (`bench.tracking.links` measures it)": (
        "link_confidence._INTERCEPT",
        "link_confidence._SLOPE",
    ),
    "is part of an array of `kalman.py` or of a setting, which is tried": (
        "motion_model.FILTER_CENTRE_NOISE",
        "motion_model.FILTER_CENTRE_PROCESS_NOISE",
        "motion_model.FILTER_CENTRE_SPEED",
        "motion_model.FILTER_SIZE_NOISE",
        "motion_model.FILTER_SIZE_PROCESS_NOISE",
        "motion_model.FILTER_SIZE_SPEED",
        "settings._OWN_ERROR_SECONDS",
        "settings._OWN_HIGH_CONFIDENCE_IOU",
    ),
}
"""Constants that are not tried, by the reason."""


@dataclass(frozen=True)
class Tried:
    """What a setting or constant changes.

    Attributes:
        name: its name.
        values: in force, of each kind of detections.
        changes: of HOTA and IDF1 by sequence, one for each factor.
    """

    name: str
    values: Sequence[Number]
    changes: Sequence[BySequence]

    @property
    def most(self) -> float:
        """The largest change of HOTA on any sequence, either way."""
        return max(abs(one["HOTA"]) for change in self.changes for one in change.values())


def setting_names() -> list[str]:
    """Of all settings."""
    return [field.name for field in fields(Settings)]


def constant_names() -> list[str]:
    """Of all constants that are tried."""
    left_out = {name for names in LEFT_OUT.values() for name in names}
    return [one.label for one in constants() if one.label not in left_out]


def needs_no_pictures(name: str) -> bool:
    """Whether a setting or constant has a say only where there are no pictures."""
    return name.rsplit(".", 1)[-1].strip("_").lower().startswith("motion_only")


def tried(trials: Trials, names: Sequence[str], kinds: Sequence[str]) -> tuple[BySequence, list[Tried]]:
    """The figures of the tracker as it is, and what each of these changes."""
    every = [(Change(name, "times", factor),) for name in names for factor in _FACTORS]
    before, *after = trials.figures([AS_IT_IS, *every], kinds)
    changes = [
        {sequence: less(figures, before[sequence]) for sequence, figures in one.items()} for one in after
    ]
    count = len(_FACTORS)
    return before, [
        Tried(name, values_in_force(name, kinds), changes[count * place : count * (place + 1)])
        for place, name in enumerate(names)
    ]


def report(before: BySequence, found: Sequence[Tried]) -> None:
    """Print what matters in full, and the rest in a line."""
    matters = [one for one in found if one.most >= _MATTERS]
    if matters:
        print(f"\n| change of HOTA / IDF1 | in force | | {' | '.join(before)} | mean |")
        print("|---|---|---|" + "---|" * (len(before) + 1))
        print(f"| as it is | | | {_cells(before, cell)} |")
    for one in matters:
        names = [f"`{one.name}`", " or ".join(_text(value) for value in one.values)]
        for factor, change in zip(_FACTORS, one.changes, strict=True):
            print(f"| {' | '.join(names)} | x {factor} | {_cells(change, signed_cell)} |")
            names = ["", ""]
    rest = [one for one in found if one.most < _MATTERS]
    if rest:
        names = [one.name for one in rest]
        print(f"\nNo sequence moves by {_MATTERS:g} HOTA with the other {len(rest)}: {_listed(names)}.")
    gains = [
        f"`{one.name}` x {factor} ({mean(change)['HOTA']:+.1f})"
        for one in found
        for factor, change in zip(_FACTORS, one.changes, strict=True)
        if mean(change)["HOTA"] >= _GAINS
    ]
    better = ", ".join(gains) or "none"
    print(f"\nBetter than the value in force by {_GAINS:g} HOTA and more in the mean: {better}.")


def _cells(each: BySequence, cell: Callable[[Figures], str]) -> str:
    return " | ".join(cell(one) for one in [*each.values(), mean(each)])


def _text(value: Number) -> str:
    several = np.atleast_1d(np.asarray(value))
    return ", ".join(f"{one:.3g}" for one in several.tolist())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables: of detections with pictures and without."""
    options = parsed_trials(
        "bench.tracking.constants",
        __doc__,
        arguments,
        {"settings": "only the settings", "constants": "only the constants"},
    )
    trials = Trials(options.mot, options.hz, options.processes)
    names = [] if options.constants and not options.settings else setting_names()
    names += [] if options.settings and not options.constants else constant_names()
    detectors, rate = " and ".join(options.detectors), f"{options.hz:g} Hz"
    print(f"The tracker of state `{tracker_digest()}`: each of {len(names)} settings and constants times")
    print(f"{_FACTORS[0]} and times {_FACTORS[1]}. Means over {detectors} and over all starts, {rate}.")
    report(*tried(trials, [name for name in names if not needs_no_pictures(name)], options.detectors))
    alone = [name for name in names if needs_no_pictures(name)]
    print("\nWhat has a say only without pictures, on the benchmark's public detections:")
    report(*tried(trials, alone, [PUBLIC]))
    print("\nNot tried:\n")
    for reason, left_out in LEFT_OUT.items():
        print(f"- {_listed(left_out)}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
