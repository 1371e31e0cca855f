"""A flood on an account of ten functions, modelled: jobs that take turns to detect, against jobs that do not.

python -m bench.flood_model [--functions 10] [--videos 200] [--seeds 1]

Floods of videos of one length each, simulated by events (bench.flood_simulation) with the stack's own budget
and the engine's own rules. Seconds are those measured on this product's functions, not on AWS. Prints a table
and the goals; exits with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass, replace
from statistics import mean, quantiles

from bench.flood_simulation import Flood, Setting, Video
from engine.jobs.shares import READER_FUNCTIONS, Budget
from infra.budget import FunctionBudget
from infra.options import Options
from tools.arguments import Parser

LENGTHS = (1, 10, 60)
"""Minutes of a flood's videos."""

DETECTION_GOAL = 0.9
"""Of the detection throughput without turns, where detection takes whatever it gets."""


@dataclass(frozen=True)
class Outcome:
    """Means over the seeds. Seconds, functions detecting on average, and shares of one."""

    dead_letter_messages: float
    detecting: float
    finished: float
    used: float
    refused: float
    collected_median: float
    collected_worst: float


def setting(functions: int) -> Setting:
    """The stack with its default options but for `functions`."""
    options = Options.from_context({"functions": functions})
    budget = FunctionBudget(functions)
    return Setting(
        functions=functions,
        at_once=options.concurrency,
        open_jobs=options.max_open_jobs,
        collectors=budget.collectors,
        starters=budget.starters,
        budget=Budget(budget.detecting, READER_FUNCTIONS * budget.collectors),
    )


def outcome(chosen: Setting, videos: int, minutes: float, seeds: int) -> Outcome:
    runs = [_run(chosen, videos, minutes, seed) for seed in range(seeds)]
    return Outcome(*(mean(values) for values in zip(*runs, strict=True)))


def _run(chosen: Setting, videos: int, minutes: float, seed: int) -> tuple[float, ...]:
    random.seed(seed)  # of the pipeline's own jitter
    flood = Flood(chosen, random.Random(seed))
    flooded = [Video(minutes) for _ in range(videos)]
    flood.run(flooded)
    waits = [video.collected - video.ended for video in flooded if video.collected]
    twentieths = quantiles(waits, n=20)
    return (
        flood.dead_letter_messages,
        flood.detection_a_second,
        flood.now,
        flood.busy / chosen.functions / flood.now,
        flood.pages_refused / max(1, flood.page_tries),
        twentieths[9],
        twentieths[-1],
    )


def main() -> None:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", type=int, default=10)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1)
    chosen = parser.parse_args()
    with_turns = setting(chosen.functions)
    print(f"{chosen.videos} videos at once, {chosen.functions} functions, {with_turns.open_jobs} open jobs;")
    print("from a job's end until its tracks are collected: median and 95th percentile.\n")
    print(
        "| minutes | turns | dead-lettered | functions detecting | all done after s | functions in use",
        end="",
    )
    print(" | pages refused | collected after s |")
    print("|---|---|---|---|---|---|---|---|")
    missed = []
    for minutes in LENGTHS:
        before = outcome(replace(with_turns, budget=None), chosen.videos, minutes, chosen.seeds)
        after = outcome(with_turns, chosen.videos, minutes, chosen.seeds)
        for turns, each in (("no", before), ("yes", after)):
            print(
                f"| {minutes} | {turns} | {each.dead_letter_messages:.1f} | {each.detecting:.2f} "
                f"| {each.finished:.0f} "
                f"| {each.used:.0%} | {each.refused:.0%} "
                f"| {each.collected_median:.0f}, {each.collected_worst:.0f} |",
                flush=True,
            )
        missed += missed_goals(minutes, before, after)
    print(f"\nGoals: no dead-letter message; {DETECTION_GOAL:.0%} of the functions detecting without turns.")
    print("\n".join(missed) or "met")
    sys.exit(1 if missed else 0)


def missed_goals(minutes: float, before: Outcome, after: Outcome) -> list[str]:
    return [
        *(
            [f"MISSED at {minutes} min: {after.dead_letter_messages:.1f} dead-letter messages"]
            if after.dead_letter_messages
            else []
        ),
        *(
            [f"MISSED at {minutes} min: {after.detecting / before.detecting:.0%} of the detection"]
            if after.detecting < DETECTION_GOAL * before.detecting
            else []
        ),
    ]


if __name__ == "__main__":
    main()
