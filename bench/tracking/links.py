"""``python -m bench.tracking.links --mot PATH``: whether links are right as often as they are said to be.

A link is right when most of the five identified detections nearest to it on either side are of one person. A
path is one person's when no two people have three detections of it in turn. A link whose sides nobody of the
ground truth is on is left out.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.tracking import linked, material, starts
from bench.tracking.material import Material
from bench.tracking.tables import DETECTORS
from engine.tracker import Settings
from engine.tracker.linking import assemble
from engine.tracker.passes.link_confidence import joins_inside, probability
from engine.tracker.tracklets.store import Store
from engine.tracker.tracklets.tracklets import Tracklets
from tools.arguments import Parser

_NEAREST = 5
"""Identified detections on either side of a link that say whose it is."""

_IN_TURN = 3
"""Detections of one person in turn that are no mistake of the matching with the ground truth."""

_EDGES = (0.0, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0, 2.0)
"""Of the bins; the last is of paths without a link."""

_LARGEST_ERROR = 0.03
"""Of what is stated of links, on average."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """Links or paths of one sequence.

    Attributes:
        sequence: its name.
        log_odds: float64 (n,), of paths their weakest link's; infinite for a path without one.
        right: float64 (n,), 1 or 0.
    """

    sequence: str
    log_odds: Values
    right: Values


def judged(whole: Material) -> tuple[Judged, Judged]:
    """The links and the paths of a video."""
    person_of = linked.identities(whole)
    settings = Settings.for_detector(whole.detector)
    store = assemble([whole.detections], whole.sequence.aspect, settings)
    paths = list(_paths(store, person_of))
    links = [link for path in paths for link in path.links]
    several = [path for path in paths if path.identified >= _IN_TURN]
    name = whole.sequence.name
    weakest = [min((log_odds for log_odds, _ in path.links), default=np.inf) for path in several]
    return (
        Judged(name, *np.array(links, np.float64).reshape(-1, 2).T),
        Judged(name, np.array(weakest), np.array([float(path.of_one) for path in several])),
    )


@dataclass(frozen=True)
class _Path:
    """One path: log-odds and rightness of its links, its detections on somebody, whether on one person."""

    links: list[tuple[float, bool]]
    identified: int
    of_one: bool


def _paths(store: Store, person_of: npt.NDArray[np.int64]) -> Iterator[_Path]:
    joins, tracks = joins_inside(store), Tracklets.of(store)
    label_of = store.track[joins.after]
    for place, label in enumerate(tracks.labels.tolist()):
        rows = tracks[place]
        people = person_of[rows]
        links = []
        for join in np.nonzero(label_of == label)[0].tolist():
            before = people[rows <= joins.before[join]][::-1]
            after = people[rows >= joins.after[join]]
            one, other = _whose(before), _whose(after)
            if one >= 0 and other >= 0:
                links.append((float(joins.log_odds[join]), one == other))
        yield _Path(links, int((people >= 0).sum()), _of_one(people))


def _whose(people: npt.NDArray[np.int64]) -> int:
    """Whom the nearest detections (the first of these) are on, -1 for nobody."""
    nearest = people[people >= 0][:_NEAREST]
    return int(np.bincount(nearest).argmax()) if len(nearest) else -1


def _of_one(people: npt.NDArray[np.int64]) -> bool:
    known = people[people >= 0]
    turns = np.split(known, np.nonzero(np.diff(known))[0] + 1)
    return len({int(turn[0]) for turn in turns if len(turn) >= _IN_TURN}) <= 1


def fitted(several: Sequence[Judged]) -> tuple[float, float]:
    """Slope and intercept of the logistic regression on log-odds; every sequence weighs the same."""
    weights = np.concatenate([np.full(len(one.right), 1 / max(len(one.right), 1)) for one in several])
    log_odds = np.concatenate([one.log_odds for one in several])
    right = np.concatenate([one.right for one in several])
    known, best = np.column_stack([log_odds, np.ones(len(log_odds))]), np.zeros(2)
    for _ in range(100):  # Newton's method
        stated = 1 / (1 + np.exp(-known @ best))
        slope = known.T @ (weights * (right - stated))
        curvature = (known * (weights * stated * (1 - stated))[:, None]).T @ known
        best = best + np.linalg.solve(curvature + 1e-6 * np.eye(2), slope)
    return float(best[0]), float(best[1])


def report(title: str, stated: Values, right: Values) -> float:
    """Print a reliability table; returns the calibration error."""
    print(f"\n{title}: {len(right)}\n{'stated':>12} {'number':>7} {'stated, mean':>13} {'observed':>9}")
    for some in _bins(stated):
        low, high = stated[some].min(), stated[some].max()
        print(f"{low:7.3f}–{high:.3f} {some.sum():6d} {stated[some].mean():13.3f} {right[some].mean():9.3f}")
    print(f"{'':12} {_scores(stated, right)}", flush=True)
    return _calibration_error(stated, right)


def _bins(stated: Values) -> Iterator[npt.NDArray[np.bool_]]:
    for low, high in itertools.pairwise(_EDGES):
        some = (stated >= low) & (stated < high)
        if some.any():
            yield some


def _calibration_error(stated: Values, right: Values) -> float:
    """How far what is stated is from what is observed, on average (expected calibration error)."""
    return float(sum(abs((stated[some] - right[some]).mean()) * some.mean() for some in _bins(stated)))


def _scores(stated: Values, right: Values) -> str:
    brier = float(((stated - right) ** 2).mean())
    return f"Brier score {brier:.4f}, calibration error {_calibration_error(stated, right):.3f}"


def left_out(several: Sequence[Judged]) -> None:
    """Print each sequence by the logistic map of the others."""
    print("\nEach sequence by the map that the others give")
    for name in dict.fromkeys(one.sequence for one in several):
        slope, intercept = fitted([one for one in several if one.sequence != name])
        mine = [one for one in several if one.sequence == name]
        log_odds, right = (
            np.concatenate([getattr(one, what) for one in mine]) for what in ("log_odds", "right")
        )
        stated = 1 / (1 + np.exp(-(slope * log_odds + intercept)))
        print(
            f"  {name:18s} slope {slope:.2f}, intercept {intercept:.2f}: {len(right)} links, "
            f"stated {stated.mean():.3f}, observed {right.mean():.3f}, {_scores(stated, right)}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 when links are right as often as stated."""
    parser = Parser(prog="python -m bench.tracking.links", description=__doc__)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--detector", choices=DETECTORS, nargs="+", default=DETECTORS[:2])
    parser.add_argument("--hz", type=float, nargs="+", default=[3.0, 5.0, 7.5, 10.0], help="analysis rates")
    options = parser.parse_args(arguments)
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    links, paths = [], []
    for sequence, video in material.filmed(options.mot):
        for detector in options.detector:
            whole = material.own(sequence, video, detector)
            for one in (one for hz in options.hz for one in starts.from_every_start(whole, hz)):
                found = judged(one)
                links.append(found[0])
                paths.append(found[1])
    slope, intercept = fitted(links)
    print(f"Logistic map that fits best: slope {slope:.2f}, intercept {intercept:.2f}")
    left_out(links)
    both = [
        report(title, probability(np.concatenate([one.log_odds for one in some])), _all_right(some))
        for title, some in (("Links", links), ("Paths, by their weakest link", paths))
    ]
    met = both[0] <= _LARGEST_ERROR
    print(f"{'met' if met else 'MISSED'}: links stated to within {_LARGEST_ERROR:g}")
    return 0 if met else 1


def _all_right(several: Sequence[Judged]) -> Values:
    return np.concatenate([one.right for one in several])


if __name__ == "__main__":
    sys.exit(main())
