"""The tables of docs/cameras.md, in Markdown: by condition, and by how crowded the scene is."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.tracking import material
from bench.tracking.conditions.catalogue import CLEAN, CONDITIONS, Condition
from bench.tracking.conditions.crowded import crowds, visible
from bench.tracking.conditions.degraded import degraded, scene_of
from bench.tracking.conditions.figures import Outcome, ceiling, found_people, outcome
from bench.tracking.hota_idf1 import cell
from bench.tracking.material import DEMO_CLIP, Material
from bench.tracking.mosaic import MOSAIC
from bench.tracking.mot import Sequence as MotSequence
from tools.clip import cache

_AFFORDABLE = {"PETS09-S2L1": (400, 1), "TUD-Stadtmitte": (179, 5), "ADL-Rundle-6a": (225, 2)}
"""Frames and first frames of each: 454 pictures of each condition, 20 minutes of one core for all.

The shorter a video, the more of its figures is chance, so the more first frames. Of others all frames, from
the first.
"""

CROWDS = (5, 10, 20, 30)
"""People at once."""

_SEEN = 0.5
"""Share of a person that must be visible for them not to count as hidden."""


@dataclass(frozen=True)
class Filmed:
    """A filmed sequence as it is measured.

    Attributes:
        sequence: its beginning, which is measured.
        video: the whole.
        starts: of the frames that an analysis may begin with, so many.
    """

    sequence: MotSequence
    video: Path
    starts: int

    @property
    def name(self) -> str:
        """Of the sequence."""
        return self.sequence.name


def by_condition(filmed: Sequence[Filmed], only: str, detector: str, hz: float) -> None:
    """Print a row for each condition, beside the same videos as they were filmed.

    `only`: of conditions, what their names contain.
    """
    taken = ", ".join(f"{one.name} {one.sequence.length} frames from {one.starts}" for one in filmed)
    print(f"{detector}, {hz:g} Hz, means over the first frames: {taken}\n")
    columns = ["", "found", "of these right", "HOTA / IDF1", "change", "counts off by"]
    _print_row(columns + [one.name for one in filmed])
    print("|---" * (len(columns) + len(filmed)) + "|", flush=True)
    clean: Outcome | None = None
    wanted = [condition for condition in CONDITIONS if condition is CLEAN or only in condition.name]
    for number, condition in enumerate(wanted, 1):
        print(f"{number} of {len(wanted)}: {condition.name} …", file=sys.stderr)
        reached = outcome(list(_material(filmed, condition, detector, hz)), hz)
        clean = clean or reached
        _print_row(_row(condition.name, reached, clean))


def filmed_sequences(
    root: Path, names: Sequence[str] | None = None, frames: int | None = None, starts: int | None = None
) -> list[Filmed]:
    """The filmed sequences of those names, or all; as much of each as it says, or else as is affordable."""
    taken = []
    for sequence, video in material.filmed(root):
        if sequence.name == MOSAIC or (names is not None and sequence.name not in names):
            continue
        most_frames, most_starts = _AFFORDABLE.get(sequence.name, (sequence.length, 1))
        shown = sequence.until(frames or most_frames)
        taken.append(Filmed(shown, video, starts or most_starts))
    return taken


def _material(filmed: Sequence[Filmed], condition: Condition, detector: str, hz: float) -> Iterator[Material]:
    for one in filmed:
        scene = scene_of(one.sequence, one.video, hz * one.starts)
        yield material.own(*degraded(one.sequence, one.video, scene, condition, _kept()), detector)


def _row(name: str, reached: Outcome, clean: Outcome) -> list[str]:
    hota, idf1 = reached.mean("HOTA"), reached.mean("IDF1")
    change = (hota - clean.mean("HOTA"), idf1 - clean.mean("IDF1"))
    each = [
        f"{reached.recall[sequence]:.0f} %, {cell(figures)}, {reached.counts[sequence]:.0f} %"
        for sequence, figures in reached.paths.items()
    ]
    shares = [statistics.mean(share.values()) for share in (reached.recall, reached.precision)]
    return [
        name,
        *(f"{share:.0f} %" for share in shares),
        f"{hota:.1f} / {idf1:.1f}",
        "" if reached is clean else "{:+.1f} / {:+.1f}".format(*change).replace("-", "−"),
        f"{statistics.mean(reached.counts.values()):.0f} %",
        *each,
    ]


def _print_row(cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def by_crowd(root: Path, sizes: tuple[int, ...], detector: str, hz: float) -> None:
    """Print a row for each number of people at once, in the scene of the demo's clip."""
    scene = next((one for one in filmed_sequences(root) if one.name == DEMO_CLIP), None)
    if scene is None:
        return
    print(f"\n{detector}, {hz:g} Hz, so many people at once, pasted into the empty scene of {DEMO_CLIP}\n")
    columns = ["people at once", "hidden", "found", "found, of those seen", "of these right"]
    columns += ["people", "paths", "HOTA / IDF1", "ceiling", "counts off by"]
    _print_row(columns)
    print("|---" * len(columns) + "|", flush=True)
    for size, shown in zip(sizes, crowds(scene.sequence, scene.video, sizes, _kept()), strict=True):
        _print_row([str(size), *_crowd_row(material.own(*shown, detector), hz)])


def _crowd_row(whole: Material, hz: float) -> list[str]:
    met, right = found_people(whole)
    seen = visible(whole.sequence) >= _SEEN
    name, reached = whole.sequence.name, outcome([whole], hz)
    paths, best = reached.paths[name], ceiling([whole], hz)[name]
    shares = (1 - seen.mean(), met.mean(), met[seen].mean(), right.mean())
    return [
        *(f"{100 * share:.0f} %" for share in shares),
        *(f"{paths[count]:.0f}" for count in ("people", "ids")),
        cell(paths),
        cell(best),
        f"{reached.counts[name]:.0f} %",
    ]


def _kept() -> Path:
    return cache() / "bench" / "conditions"
