"""``python -m bench.tracking.confidences --mot PATH``: the tracker's confidences for a detector.

Chosen by the mean of HOTA and half of IDF1 over sequences, each from every start; for each sequence also by
the others alone, with what it reaches then: the score of a street that took no part in the choice.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.tracking import linked, starts
from bench.tracking.arguments import parsed
from bench.tracking.evaluation import Figures
from bench.tracking.material import Material
from bench.tracking.mot import Rows
from engine.tracker import Settings

_HIGH = (0.5, 0.55, 0.6, 0.65, 0.7)
_LOW = (0.15, 0.2, 0.25)
_TRACK = (0.5, 0.6)

Scores = Mapping[str, Mapping[str, Figures]]
"""Figures by confidences and sequence."""


def settings(detector: str) -> dict[str, Settings]:
    """What is tried, by name; all else as it is for that detector."""
    own = Settings.for_detector(detector)
    return {
        f"high {high:.2f}, low {low:.2f}, track {track:.2f}": replace(
            own, high_confidence=high, low_confidence=low, least_track_confidence=track
        )
        for high, low, track in itertools.product(_HIGH, _LOW, _TRACK)
    }


def best(scores: Scores, sequences: Sequence[str]) -> str:
    """The confidences that do best on those sequences."""

    def worth(name: str) -> float:
        each = [scores[name][sequence] for sequence in sequences]
        return float(np.mean([one["HOTA"] + one["IDF1"] / 2 for one in each]))

    return max(scores, key=worth)


def report(scores: Scores) -> None:
    """Print every trial, each sequence left out, and the choice of all."""
    sequences = list(next(iter(scores.values())))
    print(f"{'HOTA / IDF1, means over starts':34s}" + "".join(f"{name:>18s}" for name in sequences))
    for name, each in scores.items():
        print(f"  {name:32s}" + "".join(f"{_cell(each[sequence]):>18s}" for sequence in sequences))
    print("\nEach sequence by the confidences that the others choose")
    for sequence in sequences:
        chosen = best(scores, [one for one in sequences if one != sequence])
        print(f"  {sequence:18s} {_cell(scores[chosen][sequence])}  ({chosen})")
    print(f"\nAll together choose {best(scores, sequences)}")


def _cell(figures: Figures) -> str:
    return f"{figures['HOTA']:.1f} / {figures['IDF1']:.1f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the choice for one detector."""
    options = parsed("bench.tracking.confidences", __doc__, arguments)
    several = starts.of_every_video(options.mot, options.detector, options.hz)
    trials = settings(options.detector)
    answers: dict[str, list[tuple[Material, Rows]]] = {
        name: [(one, linked.ours(one, tried)) for one in several] for name, tried in trials.items()
    }
    with tempfile.TemporaryDirectory(prefix="bench-confidences-") as folder:
        report(starts.evaluated(answers, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
