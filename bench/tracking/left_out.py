"""``python -m bench.tracking.left_out --mot PATH``: how far the choice of the tracker's numbers flatters it.

Numbers that act together form a group, with a small grid around the values in force. The grid's best is
chosen by the mean of HOTA and half of IDF1 over sequences, both detectors, each from every start; for each
sequence also by the others alone, with what it reaches then: the score of a street that took no part in the
choice. Prints Markdown, as it is in docs/tracking.md. What was tried is kept, so it may be interrupted.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.tracking.arguments import parsed_trials
from bench.tracking.hota_idf1 import BySequence, cell, less, mean, signed_cell
from bench.tracking.trials import AS_IT_IS, Change, Trial, Trials, tracker_digest

Steps = tuple[Trial, ...]
"""Of one number: as it is, and the changes tried."""

Scores = Mapping[Trial, BySequence]


def _plus(name: str, *steps: float) -> Steps:
    return AS_IT_IS, *((Change(name, "plus", step),) for step in steps)


def _times(name: str, *factors: float) -> Steps:
    return AS_IT_IS, *((Change(name, "times", factor),) for factor in factors)


GROUPS: Mapping[str, tuple[Steps, ...]] = {
    "confidences": (
        _plus("high_confidence", -0.06, 0.06),
        _plus("low_confidence", -0.06, 0.06),
        _plus("least_track_confidence", -0.08, 0.08),
    ),
    "walkers and what never moves": (
        _plus("walker_confidence", -0.1, 0.1),
        _times("least_walk", 0.6, 1.6),
        _plus("least_still_track_confidence", -0.08, 0.08),
    ),
    "rejoining": (
        _plus("rejoining._LOG_ODDS", -1, 1),
        _plus("rejoining._LEAST_MARGIN", -1, 1),
        _times("rejoining._WALKED_SPEED", 0.7, 1.4),
    ),
    "gates and lost time": (
        _plus("high_confidence_iou", -0.05, 0.05),
        _plus("low_confidence_iou", -0.1, 0.1),
        _times("lost_seconds", 0.7, 1.4),
    ),
    "prior and cost of a stitch": (
        _plus("stitch_log_odds", -1, 1),
        _times("unoccluded_cost", 0.7, 1.4),
        _plus("stitching._AWAY_FROM_SIDES", -0.5, 0.5),
    ),
}
"""What is tried of each group: every combination of these."""


@dataclass(frozen=True)
class Choice:
    """What is chosen, by name of a group or of several at once.

    Attributes:
        by_others: for each sequence, by all but it.
        by_all: by all sequences.
    """

    by_others: Mapping[str, Trial]
    by_all: Trial

    @property
    def trials(self) -> list[Trial]:
        """All that is chosen by anyone."""
        return [*self.by_others.values(), self.by_all]


def combinations(group: tuple[Steps, ...]) -> list[Trial]:
    """Every combination of a group's steps, the values in force first."""
    return [sum(steps, AS_IT_IS) for steps in itertools.product(*group)]


def best(scores: Scores, sequences: Sequence[str]) -> Trial:
    """The trial that does best on those sequences; of equals the first."""

    def worth(trial: Trial) -> float:
        each = [scores[trial][sequence] for sequence in sequences]
        return float(np.mean([one["HOTA"] + one["IDF1"] / 2 for one in each]))

    return max(scores, key=worth)


def chosen(scores: Scores) -> Choice:
    """By each set of all sequences but one, and by all."""
    sequences = list(next(iter(scores.values())))
    others = {name: [one for one in sequences if one != name] for name in sequences}
    return Choice({name: best(scores, those) for name, those in others.items()}, best(scores, sequences))


def together(choices: Sequence[Choice]) -> Choice:
    """What several groups choose, at once."""
    return Choice(
        {name: sum((one.by_others[name] for one in choices), AS_IT_IS) for name in choices[0].by_others},
        sum((one.by_all for one in choices), AS_IT_IS),
    )


def report(name: str, choice: Choice, scores: Scores) -> None:
    """Print what each sequence reaches by which choice."""
    print(f"\n**{name.capitalize()}**\n")
    print("| left out | the others choose | so it reaches | in force | by the choice of all |")
    print("|---|---|---|---|---|")
    for sequence, trial in choice.by_others.items():
        reached = [scores[one][sequence] for one in (trial, AS_IT_IS, choice.by_all)]
        print(f"| {sequence} | {_text(trial)} | {' | '.join(cell(one) for one in reached)} |")
    means = [cell(mean(one)) for one in _reached(choice, scores)]
    print(f"| mean | | {' | '.join(means)} |")
    print(f"\nAll together choose: {_text(choice.by_all)}.")


def summary(choices: Mapping[str, Choice], scores: Scores) -> None:
    """Print by how much a choice with a sequence in view is better on it than one without."""
    sequences = list(scores[AS_IT_IS])
    print(
        "\n**What the choice flatters by**: by the choice of all, less by that of the others (HOTA / IDF1)\n"
    )
    print(f"| | {' | '.join(sequences)} | mean | in force, less by that of the others |")
    print("|---" * (len(sequences) + 3) + "|")
    for name, choice in choices.items():
        left_out, in_force, by_all = _reached(choice, scores)
        each = {sequence: less(by_all[sequence], left_out[sequence]) for sequence in sequences}
        cells = [*each.values(), mean(each), less(mean(in_force), mean(left_out))]
        print(f"| {name} | {' | '.join(signed_cell(one) for one in cells)} |")


def _reached(choice: Choice, scores: Scores) -> tuple[BySequence, BySequence, BySequence]:
    """By what the others choose, by what is in force, by what all choose."""
    left_out = {sequence: scores[trial][sequence] for sequence, trial in choice.by_others.items()}
    return left_out, scores[AS_IT_IS], scores[choice.by_all]


def _text(trial: Trial) -> str:
    return ", ".join(f"`{change.name}` {change.amount}" for change in trial) or "those in force"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the choice of every group, and what it flatters by."""
    options = parsed_trials("bench.tracking.left_out", __doc__, arguments, {})
    trials = Trials(options.mot, options.hz, options.processes)
    grids = {name: combinations(group) for name, group in GROUPS.items()}
    every = list(dict.fromkeys(itertools.chain(*grids.values())))
    scores = dict(zip(every, trials.figures(every, options.detectors), strict=True))
    choices = {name: chosen({trial: scores[trial] for trial in grid}) for name, grid in grids.items()}
    choices["all groups at once"] = joined = together(list(choices.values()))
    scores |= zip(joined.trials, trials.figures(joined.trials, options.detectors), strict=True)
    detectors = " and ".join(options.detectors)
    print(f"The tracker of state `{tracker_digest()}`; HOTA / IDF1, means over {detectors} and over")
    print(f"all starts, {options.hz:g} Hz. Changes are from the values in force.")
    for name, choice in choices.items():
        report(name, choice, scores)
    summary(choices, scores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
