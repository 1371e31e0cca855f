"""``python -m bench.tracking.errors --mot PATH --sequence NAME``: where the paths of one sequence fail.

Person by person of the ground truth: how much of it a path covers, how much of it was detected at all, and
which paths in turn, so that what the detector missed can be told from what the tracker lost or confused.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import lap
import numpy as np

from bench.tracking import linked, material
from bench.tracking.material import Material
from bench.tracking.mot import Rows, sequences
from bench.tracking.scores import overlaps
from bench.tracking.tables import DETECTORS
from tools.arguments import Parser

_SAME = 0.5
"""A box is a person's when it overlaps the true box this much (IoU)."""
_FALSE_SHARE = 0.2
"""Paths of which a larger share lies on nobody are listed as false."""
NOBODY = -1


def pairs(truth: Rows, found: Rows, length: int, aspect: float) -> tuple[np.ndarray, np.ndarray]:
    """For each true box the id of the path on it, and for each path's box the id of the person under it;
    `NOBODY` where there is none.
    """
    scale = np.array([aspect, 1, aspect, 1])
    path_of, person_of = np.full(len(truth.frames), NOBODY), np.full(len(found.frames), NOBODY)
    true_edges = np.searchsorted(truth.frames, np.arange(length + 1))
    edges = np.searchsorted(found.frames, np.arange(length + 1))
    for frame in range(length):
        true, ours = (slice(some[frame], some[frame + 1]) for some in (true_edges, edges))
        overlap = overlaps(truth.boxes[true] * scale, found.boxes[ours] * scale)
        if overlap.size == 0:
            continue
        _, which, _ = lap.lapjv(1 - overlap, extend_cost=True, cost_limit=1 - _SAME)
        for row, column in enumerate(which.tolist()):
            if column >= 0:
                path_of[true.start + row] = found.ids[ours.start + column]
                person_of[ours.start + column] = truth.ids[true.start + row]
    return path_of, person_of


def report(material_: Material) -> None:
    """Print the table of one sequence."""
    sequence, truth, ours = material_.sequence, material_.sequence.truth(), linked.ours(material_)
    path_of, person_of = pairs(truth, ours, sequence.length, sequence.aspect)
    scores, detected = material_.detections.scores, linked.identities(material_)
    analysed = np.isin(truth.frames, material_.analysed)
    print(f"{'person':>6s} {'height':>6s} {'frames':>9s} {'covered':>8s} {'detected':>9s}  paths in turn")
    for person in np.unique(truth.ids).tolist():
        mine = truth.ids == person
        found = (scores[detected == person] >= 0.5).sum() / max((mine & analysed).sum(), 1)
        frames, paths = truth.frames[mine], path_of[mine]
        begin = np.nonzero(np.diff(paths, prepend=NOBODY - 1))[0]
        turns = " ".join(f"{frames[at]}:{'-' if paths[at] == NOBODY else paths[at]}" for at in begin.tolist())
        height = np.median(truth.boxes[mine, 3]) * sequence.height
        span = f"{frames[0]}-{frames[-1]}"
        covered = (paths != NOBODY).mean()
        print(f"{person:6d} {height:6.0f} {span:>9s} {covered:8.0%} {found:9.0%}  {turns}")
    print(f"\n{'path':>6s} {'frames':>9s} {'on nobody':>10s}  frames on each person")
    for path in np.unique(ours.ids).tolist():
        people = person_of[ours.ids == path]
        if (people == NOBODY).mean() > _FALSE_SHARE:
            frames = ours.frames[ours.ids == path]
            on = {int(one): int((people == one).sum()) for one in np.unique(people[people != NOBODY])}
            span = f"{frames[0]}-{frames[-1]}"
            print(f"{path:6d} {span:>9s} {(people == NOBODY).mean():10.0%}  {on}")
    missed, false = (path_of == NOBODY).sum(), (person_of == NOBODY).sum()
    print(f"\n{len(truth.frames)} true boxes, {missed} missed; {len(ours.frames)} of ours, {false} on nobody")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print where a sequence's paths fail."""
    parser = Parser(prog="python -m bench.tracking.errors", description=__doc__)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--sequence", required=True, help="name of a sequence")
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    parser.add_argument("--hz", type=float, default=5.0, help="analysis rate (5)")
    options = parser.parse_args(arguments)
    chosen = [one for one in sequences(options.mot) if one.name == options.sequence]
    if not chosen:
        parser.error(f"{options.mot} has no sequence {options.sequence}")
    video = material.video_of(chosen[0])
    made = material.own(chosen[0], video, options.detector).at(options.hz) if video else None
    report(made or material.public(chosen[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
