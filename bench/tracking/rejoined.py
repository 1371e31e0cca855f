"""``python -m bench.tracking.rejoined --mot PATH``: who is gone for a time, and who comes back.

One real person at a time loses all detections for some seconds in the middle of their stay; everybody else is
as they were. Joined: the same path before and after. Missed: another path after, or none. Wrong: the path of
before goes on with another person; who that is, is told by their looks where the truth names one person twice
(`same_people`). Only who has a path on both sides of the same cut without a gap counts.

Taken: of those who vanish for good, while whoever is nearest to the place after the gap is seen for the first
time (all they had before is taken out too), so many go on as that person. No scene can do worse.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.tracking import linked, material
from bench.tracking.arguments import parsed
from bench.tracking.material import Material
from bench.tracking.same_people import real_people
from engine.analysis.detections import SegmentDetections
from engine.tracker import Settings, link

_GAPS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0)
"""Seconds that a person is gone."""

_SIDE_SECONDS = 1.0
"""Of a person on either side of the gap, at least."""

_PRECISION = 0.95
"""Of the paths that go on after the gap, so many with the same person, at least."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Numbers of people by what became of their path."""

    joined: int = 0
    missed: int = 0
    wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.joined + other.joined, self.missed + other.missed, self.wrong + other.wrong)

    @property
    def precision(self) -> float:
        """Share of right ones among the joins made; 1 where none was made."""
        made = self.joined + self.wrong
        return self.joined / made if made else 1.0


def tally(whole: Material, seconds: float) -> Tally:
    """Of everybody who is long enough in view, each cut in the middle of their stay."""
    person_of = linked.identities(whole)
    times = whole.detections.timestamps_ms[whole.detections.frame_of] / 1000
    paths = _paths(whole, np.ones(len(times), bool))
    total = Tally()
    for person, before, after in _cuts(person_of, times, seconds):
        path = _most(paths[before])
        if path >= 0 and path == _most(paths[after]):
            total += _outcome(whole, person_of, times, person, before, after)
    return total


def taken(whole: Material, seconds: float) -> tuple[int, int]:
    """How many who vanish are taken for whoever appears nearest, and how many there are."""
    person_of = linked.identities(whole)
    times = whole.detections.timestamps_ms[whole.detections.frame_of] / 1000
    number = cases = 0
    for person, before, after in _cuts(person_of, times, seconds):
        end = times[after].min()
        other = _nearest(whole, person_of, times, before, end)
        if other < 0:
            continue
        seen = (person_of == other) & (times >= end) & (times <= end + _SIDE_SECONDS)
        gone = (person_of == person) & (times > times[before].max()) | (person_of == other) & (times < end)
        paths = _paths(whole, ~gone)
        path = _most(paths[before])
        if path >= 0 and _most(paths[seen]) >= 0:
            cases += 1
            number += path == _most(paths[seen])
    return number, cases


def _nearest(
    whole: Material,
    person_of: Ints,
    times: npt.NDArray[np.float64],
    before: npt.NDArray[np.bool_],
    end: float,
) -> int:
    """Who is nearest, at the end of the gap, to where somebody was last; -1 where nobody else is there."""
    boxes = whole.detections.boxes
    middle = boxes[:, :2] + boxes[:, 2:] / 2
    mine = person_of[np.nonzero(before)[0][-1]]
    there = np.nonzero((times == end) & (person_of >= 0) & (person_of != mine))[0]
    if len(there) == 0:
        return -1
    off = (middle[there] - middle[np.nonzero(before)[0][-1]]) * [whole.sequence.aspect, 1]
    return int(person_of[there[np.hypot(*off.T).argmin()]])


def _cuts(
    person_of: Ints, times: npt.NDArray[np.float64], seconds: float
) -> Iterator[tuple[int, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Each person, and which detections are theirs in the second before and in the second after the gap."""
    for person in np.unique(person_of[person_of >= 0]).tolist():
        mine = person_of == person
        middle = (times[mine].min() + times[mine].max()) / 2
        begin, end = middle - seconds / 2, middle + seconds / 2
        before = mine & (times < begin) & (times >= begin - _SIDE_SECONDS)
        after = mine & (times > end) & (times <= end + _SIDE_SECONDS)
        stay = times[mine].max() - times[mine].min()
        if stay >= seconds + 2 * _SIDE_SECONDS and before.any() and after.any():
            yield person, before, after


def _outcome(
    whole: Material,
    person_of: Ints,
    times: npt.NDArray[np.float64],
    person: int,
    before: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
) -> Tally:
    gone = (person_of == person) & (times > times[before].max()) & (times < times[after].min())
    paths = _paths(whole, ~gone)
    path = _most(paths[before])
    if path >= 0 and path == _most(paths[after]):
        return Tally(joined=1)
    someone = real_people(whole.sequence.name, person_of)
    other = (someone >= 0) & (someone != someone[before][0])
    others = (paths == path) & (times >= times[after].min()) & other
    return Tally(missed=1, wrong=int(path >= 0 and others.sum() > 1))


def _paths(whole: Material, kept: npt.NDArray[np.bool_]) -> Ints:
    """The path (N,) of every detection when only those kept are linked, -1 where it is in none."""
    found, rows = whole.detections, np.nonzero(kept)[0]
    left = SegmentDetections.of(
        found.timestamps_ms,
        found.frame_of[rows],
        found.boxes[rows],
        found.scores[rows],
        camera=found.camera,
        appearance=found.appearance[rows],
    )
    paths = np.full(len(found.boxes), -1)
    settings = Settings.for_detector(whole.detector)
    for track in link([left], frame_aspect=whole.sequence.aspect, settings=settings):
        paths[rows[track.rows[track.rows >= 0]]] = track.index
    return paths


def _most(paths: Ints) -> int:
    """The path that most of these are on, -1 where they are on none."""
    on_one = paths[paths >= 0]
    return int(np.bincount(on_one).argmax()) if len(on_one) else -1


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 when joins are precise enough after a gap of any length."""
    options = parsed("bench.tracking.rejoined", __doc__, arguments)
    every = [
        material.own(sequence, video, options.detector).at(options.hz)
        for sequence, video in material.filmed(options.mot)
    ]
    print("gone for, s  people  joined  missed  wrong  precision   taken")
    met = True
    for seconds in _GAPS:
        total = sum((tally(one, seconds) for one in every), Tally())
        met &= total.precision >= _PRECISION
        people = total.joined + total.missed
        number, cases = np.sum([taken(one, seconds) for one in every], axis=0).tolist()
        print(
            f"{seconds:11g} {people:7d} {total.joined:7d} {total.missed:7d} {total.wrong:6d} "
            f"{total.precision:10.2f} {number:4d}/{cases}",
            flush=True,
        )
    print(f"{'met' if met else 'MISSED'}: precision of joins {_PRECISION:g} and more")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
