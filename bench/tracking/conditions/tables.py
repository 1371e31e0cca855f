"""The tables: by condition, and by how crowded the scene is."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from bench.tracking import material
from bench.tracking.conditions.catalogue import CLEAN, CONDITIONS, Condition
from bench.tracking.conditions.crowded import crowds, visible
from bench.tracking.conditions.degraded import degraded, scene_of
from bench.tracking.conditions.figures import Outcome, ceiling, found_people, outcome
from bench.tracking.material import DEMO_CLIP, Material
from bench.tracking.mosaic import MOSAIC
from bench.tracking.mot import Sequence
from tools.clip import cache

_WIDTH = 34
CROWDS = (5, 10, 20, 30)
"""People at once."""

_SEEN = 0.5
"""Share of a person that must be visible for them not to count as hidden."""


def by_condition(
    filmed: list[tuple[Sequence, Path]], only: str, detector: str, hz: float, count: int
) -> None:
    """A row for each condition, beside the same videos as they were filmed.

    `only`: of conditions, what their names contain. `count`: of the frames that the analysis may begin with,
    so many; in the others nobody is detected.
    """
    columns = "".join(f"{sequence.name:>22}" for sequence, _ in filmed)
    print(f"{detector}, {hz:g} Hz, means over {count} of the first frames; by sequence: recall, HOTA / IDF1")
    print(f"{'':{_WIDTH}} {'recall':>6} {'prec.':>6} {'HOTA / IDF1':>13} {'change':>13}{columns}", flush=True)
    clean: Outcome | None = None
    for condition in CONDITIONS:
        if condition is CLEAN or only in condition.name:
            reached = outcome(list(_material(filmed, condition, detector, count * hz)), hz)
            clean = clean or reached
            print(_row(condition.name, reached, clean), flush=True)


def filmed_sequences(
    root: Path, names: list[str] | None = None, frames: int | None = None
) -> list[tuple[Sequence, Path]]:
    """The filmed sequences of those names, or all; of each the first `frames`, or the whole."""
    return [
        (sequence if frames is None else sequence.until(frames), video)
        for sequence, video in material.filmed(root)
        if sequence.name != MOSAIC and (names is None or sequence.name in names)
    ]


def _material(
    filmed: list[tuple[Sequence, Path]], condition: Condition, detector: str, hz: float
) -> Iterator[Material]:
    for sequence, video in filmed:
        shown = degraded(sequence, video, scene_of(sequence, video, hz), condition, _kept())
        yield material.own(*shown, detector)


def _row(name: str, reached: Outcome, clean: Outcome) -> str:
    hota, idf1 = reached.mean("HOTA"), reached.mean("IDF1")
    change = f"{hota - clean.mean('HOTA'):+.1f} / {idf1 - clean.mean('IDF1'):+.1f}"
    each = "".join(
        f"{reached.recall[sequence]:7.0f} {figures['HOTA']:6.1f} / {figures['IDF1']:4.1f}"
        for sequence, figures in reached.paths.items()
    )
    recall, precision = statistics.mean(reached.recall.values()), statistics.mean(reached.precision.values())
    both = f"{hota:.1f} / {idf1:.1f}"
    return f"{name:{_WIDTH}} {recall:6.0f} {precision:6.0f} {both:>13} {change:>13}{each}"


def by_crowd(root: Path, sizes: tuple[int, ...], detector: str, hz: float) -> None:
    """A row for each number of people at once, in the scene of the demo's clip."""
    scene = next((one for one in filmed_sequences(root) if one[0].name == DEMO_CLIP), None)
    if scene is None:
        return
    print(f"\n{detector}, {hz:g} Hz, so many people at once, pasted into the empty scene of {DEMO_CLIP}")
    columns = ("hidden", "recall", "of seen", "prec.", "people", "paths")
    print(
        f"{'':8}" + "".join(f"{column:>8}" for column in columns) + f"{'HOTA / IDF1':>15}{'ceiling':>15}",
        flush=True,
    )
    for size, shown in zip(sizes, crowds(*scene, sizes, _kept()), strict=True):
        whole = material.own(*shown, detector)
        print(f"{size:8}{_crowd_row(whole, hz)}", flush=True)


def _crowd_row(whole: Material, hz: float) -> str:
    met, right = found_people(whole)
    seen = visible(whole.sequence) >= _SEEN
    paths = outcome([whole], hz).paths[whole.sequence.name]
    best = ceiling([whole], hz)[whole.sequence.name]
    shares = [100 * share for share in (1 - seen.mean(), met.mean(), met[seen].mean(), right.mean())]
    counts = (paths["people"], paths["ids"])
    pairs = [f"{figures['HOTA']:.1f} / {figures['IDF1']:.1f}" for figures in (paths, best)]
    return (
        "".join(f"{share:8.0f}" for share in shares)
        + "".join(f"{count:8.0f}" for count in counts)
        + "".join(f"{pair:>15}" for pair in pairs)
    )


def _kept() -> Path:
    return cache() / "bench" / "conditions"
