"""The bench's five tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.tracking import compared_libraries, linked, material, starts
from bench.tracking.evaluation import Figures, evaluate
from bench.tracking.hota_idf1 import cell
from bench.tracking.material import Material
from bench.tracking.mot import Rows
from bench.tracking.mot import Sequence as Sequences
from engine.tracker import Settings

DETECTORS = ("movenet", "nanodet", "far")
_COMPARED = DETECTORS[:2]
"""Those that the libraries' paths are compared on; `far` has its own material, far cameras."""
RATES = (15.0, 10.0, 7.5, 5.0, 3.0, 2.0, 1.0)
START_RATES = RATES[:5]
"""Of which every start is tried: at fewer frames a second there are too many."""
OURS, OURS_SWEPT, CEILING = "people-pathing", "people-pathing, swept", "ceiling: perfect association"
_THRESHOLDS = (0.3, 0.5, 0.7, 0.9)
_COLUMNS = ("HOTA", "DetA", "AssA", "IDF1", "MOTA", "switches", "ids", "people")


@dataclass(frozen=True)
class Result:
    """Figures of all trackers on one set of material.

    `figures`: mean over its sequences (sum where it is a count), by tracker. `each`: of every sequence, by
    tracker and the sequence's name.
    """

    table: str
    title: str
    figures: Mapping[str, Figures]
    each: Mapping[str, Mapping[str, Figures]]


class Tables:
    """Runs everyone on the same material and prints what comes out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[compared_libraries.Run, Rows] = {}
        self._own: dict[tuple[str, str, float | None], Material] = {}

    def own_detections(self, filmed: Sequence[tuple[Sequences, Path]], hz: float) -> list[Result]:
        """Our detections on still cameras: at the product's default rate, and every frame."""
        print("\nTable 1. The product's own detections, still cameras (" + _names(s for s, _ in filmed) + ")")
        results = []
        for detector in _COMPARED:
            for title, rate in (
                (f"{detector}, {hz:g} Hz (default rate)", hz),
                (f"{detector}, every frame", None),
            ):
                default = detector == DETECTORS[0] and rate is not None
                table = "own, default" if default else "own"
                results.append(self._compare(table, title, self._found(filmed, detector, rate)))
        return results

    def by_start(self, filmed: Sequence[tuple[Sequences, Path]], hz: float) -> list[Result]:
        """Our detections at the product's default rate: means over all starts."""
        print("\nTable 2. The same from every start (means; HOTA / IDF1)")
        results = []
        for detector in DETECTORS:
            answers: dict[str, list[tuple[Material, Rows]]] = {CEILING: [], OURS: []}
            for one in self._every_start(filmed, detector, hz):
                answers[CEILING].append((one, linked.ceiling(one)))
                answers[OURS].append((one, linked.ours(one)))
            table = "own, starts" if detector == DETECTORS[0] else "starts"
            result = self._over_starts(table, f"{detector}, {hz:g} Hz", answers)
            results.append(result)
            for name, each in result.each.items():
                print(f"  {detector:8s} {name:30s} {_by_sequence(each)}", flush=True)
        return results

    def public_detections(self, found: Sequence[Sequences]) -> list[Result]:
        """The benchmark's detections, every frame: still and moving cameras, together and one by one."""
        print("\nTable 3. The benchmark's public detections, every frame")
        results = []
        for still, title in ((True, "still"), (False, "moving")):
            chosen = [material.public(sequence) for sequence in found if sequence.still is still]
            if chosen:
                results += self._one_by_one(f"public {title}", f"{title} cameras", chosen)
        return results

    def by_rate(self, filmed: Sequence[tuple[Sequences, Path]]) -> list[Result]:
        """Our detections by analysis rate."""
        print("\nTable 4. By analysis rate, the product's own detections (HOTA / IDF1)")
        results = []
        for detector in _COMPARED:
            for hz in RATES:
                chosen = self._found(filmed, detector, hz)
                results.append(self._compare("rate", f"{detector}, {hz:g} Hz", chosen, shown=False))
        names = [CEILING, OURS, *compared_libraries.NAMES]
        print(f"{'':18s}" + "".join(f"{name.split(':')[0]:>16s}" for name in names))
        for result in results:
            cells = "".join(f"{cell(result.figures[name]):>16s}" for name in names)
            print(f"{result.title:18s}{cells}", flush=True)
        return results

    def by_rate_and_start(self, filmed: Sequence[tuple[Sequences, Path]]) -> list[Result]:
        """Our paths by analysis rate: means over all starts."""
        print("\nTable 5. The same from every start (means; HOTA / IDF1)")
        results = []
        for detector in _COMPARED:
            for hz in START_RATES:
                paths = [(one, linked.ours(one)) for one in self._every_start(filmed, detector, hz)]
                result = self._over_starts("rate, starts", f"{detector}, {hz:g} Hz", {OURS: paths})
                results.append(result)
                mean, each = cell(result.figures[OURS]), _by_sequence(result.each[OURS])
                print(f"{result.title:18s}{mean:>16s}  ({each})", flush=True)
        return results

    def _every_start(
        self, filmed: Sequence[tuple[Sequences, Path]], detector: str, hz: float
    ) -> Iterator[Material]:
        for whole in self._found(filmed, detector, None):
            yield from starts.from_every_start(whole, hz)

    def _over_starts(self, table: str, title: str, answers: starts.Answers) -> Result:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            evaluated = starts.evaluated(answers, Path(folder))
        return Result(table, title, {name: _mean(each) for name, each in evaluated.items()}, evaluated)

    def _run(self, runs: Sequence[compared_libraries.Run]) -> list[Rows]:
        """The boxes of the compared libraries, each run made once."""

        new = [run for run in runs if run not in self._known]
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            for run, rows in zip(new, compared_libraries.run_all(new, Path(folder)), strict=True):
                self._known[run] = rows
        return [self._known[run] for run in runs]

    def _found(
        self, filmed: Sequence[tuple[Sequences, Path]], detector: str, hz: float | None
    ) -> list[Material]:
        """Our detections of every video at that rate, each made once."""
        found = []
        for sequence, video in filmed:
            key = (sequence.name, detector, hz)
            if key not in self._own:
                self._own[key] = (
                    material.own(sequence, video, detector)
                    if hz is None
                    else self._found([(sequence, video)], detector, None)[0].at(hz)
                )
            found.append(self._own[key])
        return found

    def _one_by_one(self, table: str, title: str, chosen: Sequence[Material]) -> list[Result]:
        together = self._compare(table, title, chosen)
        if len(chosen) == 1:
            return [together]
        return [together, *(self._compare(f"{table}, each", one.sequence.name, [one]) for one in chosen)]

    def _compare(self, table: str, title: str, chosen: Sequence[Material], *, shown: bool = True) -> Result:
        """Everyone on that material; of thresholds swept, the one of the best mean HOTA."""
        evaluated = self._evaluated(chosen)
        best = {name: evaluated[name] for name in (CEILING, OURS)}
        for name in (OURS_SWEPT, *compared_libraries.NAMES):
            tries = [evaluated[f"{name} at {threshold}"] for threshold in _THRESHOLDS]
            best[name] = max(tries, key=lambda one: _mean(one)["HOTA"])
        result = Result(table, title, {name: _mean(each) for name, each in best.items()}, best)
        if shown:
            _print(result)
        return result

    def _evaluated(self, chosen: Sequence[Material]) -> dict[str, dict[str, Figures]]:
        """Figures by answer and sequence."""
        answers: dict[str, list[tuple[Sequences, Rows]]] = {}
        for one in chosen:
            answers.setdefault(CEILING, []).append((one.sequence, linked.ceiling(one)))
            answers.setdefault(OURS, []).append((one.sequence, linked.ours(one)))
            for threshold in _THRESHOLDS:
                swept = replace(Settings.for_detector(one.detector), high_confidence=threshold)
                rows = linked.ours(one, swept)
                answers.setdefault(f"{OURS_SWEPT} at {threshold}", []).append((one.sequence, rows))
        runs = [
            compared_libraries.Run(library, one, threshold)
            for library in compared_libraries.NAMES
            for threshold in _THRESHOLDS
            for one in chosen
        ]
        for run, rows in zip(runs, self._run(runs), strict=True):
            answers.setdefault(f"{run.library} at {run.confidence}", []).append((run.material.sequence, rows))
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            return evaluate(answers, Path(folder))


def _mean(each: Mapping[str, Figures]) -> Figures:
    """Means over sequences; counts are added up."""
    rows = list(each.values())
    total = {column: sum(row[column] for row in rows) for column in _COLUMNS}
    return {
        column: total[column] / len(rows) if column[0].isupper() else total[column] for column in _COLUMNS
    }


def _by_sequence(each: Mapping[str, Figures]) -> str:
    return ", ".join(f"{name} {cell(row)}" for name, row in each.items())


def _print(result: Result) -> None:
    print(f"\n{result.title:34s}" + "".join(f"{column:>9s}" for column in _COLUMNS))
    sequences = next(iter(result.each.values()))
    if len(sequences) > 1:
        for sequence in sequences:
            cells = [
                f"{name.split(':')[0]} {each[sequence]['HOTA']:.1f}/{each[sequence]['IDF1']:.1f}"
                for name, each in result.each.items()
            ]
            print(f"  {sequence} (HOTA/IDF1): {', '.join(cells)}")
    for name, row in result.figures.items():
        cells = [f"{row[column]:.1f}" if column[0].isupper() else f"{row[column]:d}" for column in _COLUMNS]
        print(f"  {name:32s}" + "".join(f"{cell:>9s}" for cell in cells), flush=True)


def _names(found: object) -> str:
    return ", ".join(sequence.name for sequence in found)  # type: ignore[attr-defined]
