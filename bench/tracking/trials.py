"""The tracker tried with other settings and constants, by several processes; nothing is tried twice.

Figures are kept beside the detections, under a digest of all sources that have a say in them. So a command
that was interrupted goes on where it stopped, and comments or docstrings may change meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import numpy as np

from bench.tracking import linked, starts
from bench.tracking.environments import python_of
from bench.tracking.evaluation import Figures, Scorer
from bench.tracking.hota_idf1 import BySequence
from bench.tracking.material import Material, public
from bench.tracking.mot import Rows, sequences
from bench.tracking.tracker_constants import Number, constants, sources_digest
from engine.tracker import Settings
from tools.clip import cache
from tools.progress import Progress, estimate

PUBLIC = "public"
"""The benchmark's public detections, in the place of a detector: without pictures."""

_KEPT = ("HOTA", "IDF1")

_ENGINE = Path(__file__).parents[2] / "lambdas" / "engine"
_TRACKER = tuple(
    sorted([*_ENGINE.glob("tracker/**/*.py"), *_ENGINE.glob("analysis/*.py"), _ENGINE / "overlap.py"])
)
_BENCH = tuple(
    Path(__file__).with_name(f"{name}.py")
    for name in ("evaluation", "linked", "material", "mosaic", "mot", "scores", "starts", "trials")
)

Shown = tuple[Material, Rows]
"""Detections and the truth."""


@dataclass(frozen=True)
class Change:
    """One setting or constant (`module.NAME`), changed from the value in force."""

    name: str
    how: Literal["times", "plus"]
    by: float

    @property
    def amount(self) -> str:
        """By how much, as text: "x 0.7" or "-0.05"."""
        return f"x {self.by:g}" if self.how == "times" else f"{self.by:+g}"

    def of(self, value: Number) -> Number:
        """The changed value, of each where there are several."""
        if isinstance(value, np.ndarray):
            return value * self.by if self.how == "times" else value + self.by
        if isinstance(value, tuple):
            return tuple(self.of_one(one) for one in value)
        return self.of_one(value)

    def of_one(self, value: float) -> float:
        """The changed value. Whole numbers stay whole and change by one at least; a share (below 1) is never
        multiplied to more than halfway from its value to 1.
        """
        changed = value * self.by if self.how == "times" else value + self.by
        if isinstance(value, int):
            nearest = round(changed)
            return nearest if nearest != value else value + int(math.copysign(1, changed - value))
        if self.how == "times" and 0 < value < 1 <= changed:
            return (value + 1) / 2
        return changed


Trial = tuple[Change, ...]
"""What is changed at once; nothing in the tracker as it is."""

AS_IT_IS: Trial = ()


def known_names() -> frozenset[str]:
    """Of every setting and every constant."""
    return frozenset([field.name for field in fields(Settings)] + [one.label for one in constants()])


def values_in_force(name: str, kinds: Sequence[str]) -> list[Number]:
    """The different values of a setting or constant for the detections tried."""
    if "." in name:
        return [one.value for one in constants() if one.label == name]
    return list(dict.fromkeys(getattr(_settings(kind), name) for kind in kinds))


def tracker_digest() -> str:
    """Tells one state of the tracker from another."""
    return sources_digest(_TRACKER)[:10]


def materials(root: Path, kind: str, hz: float) -> list[Shown]:
    """Of a detector: the filmed sequences, each from every start. Public detections: every sequence."""
    found = (
        [public(one) for one in sequences(root)] if kind == PUBLIC else starts.of_every_video(root, kind, hz)
    )
    return [(one, one.sequence.truth()) for one in found]


class Trials:
    """Tries, and remembers.

    Args:
        root: folder of MOTChallenge 2015 sequences.
        hz: analysis rate of a detector's detections.
        processes: that try at once.
    """

    def __init__(self, root: Path, hz: float, processes: int) -> None:
        self._root, self._hz, self._processes = root, hz, processes
        self._shown: dict[str, list[Shown]] = {}
        sources = sources_digest([*_TRACKER, *_BENCH])
        self._known = KeptFigures(cache() / "bench" / "tracking" / f"trials-{sources[:16]}.jsonl")

    def figures(self, trials: Sequence[Trial], kinds: Sequence[str]) -> list[BySequence]:
        """Of every trial: means over the kinds of detections that it was tried on."""
        wanted = [(kind, trial, self._key(kind, trial)) for kind in kinds for trial in trials]
        unknown = list(
            {key: (kind, trial, key) for kind, trial, key in wanted if key not in self._known}.values()
        )
        self._try(unknown)
        by_key = self._known
        return [_mean([by_key[self._key(kind, trial)] for kind in kinds]) for trial in trials]

    def _try(self, unknown: Sequence[tuple[str, Trial, str]]) -> None:
        if not unknown:
            return
        python_of("requirements.txt")  # Made here, not by every process at once.
        progress, started = Progress(), time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="bench-trials-") as folder,
            ProcessPoolExecutor(
                self._processes, initializer=_begin, initargs=(self._shown, Path(folder))
            ) as pool,
        ):
            running = {pool.submit(_figures, kind, trial): key for kind, trial, key in unknown}
            for done, future in enumerate(as_completed(running), 1):
                self._known.keep(running[future], future.result())
                left = estimate(done / len(running), started)
                progress.show(f"trying the tracker: {done} of {len(running)}{left}")
        minutes = (time.monotonic() - started) / 60
        progress.done(f"{len(unknown)} tried in {minutes:.1f} min by {self._processes} processes")

    def _key(self, kind: str, trial: Trial) -> str:
        if kind not in self._shown:
            self._shown[kind] = materials(self._root, kind, self._hz)
        changes = "; ".join(f"{one.name} {one.amount}" for one in trial) or "as it is"
        return f"{kind} {_digest(self._shown[kind])}: {changes}"


class KeptFigures:
    """Figures in a file, a line each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self._figures: dict[str, BySequence] = {}
        for line in lines:
            key, figures = json.loads(line)
            self._figures[key] = figures

    def __contains__(self, key: str) -> bool:
        return key in self._figures

    def __getitem__(self, key: str) -> BySequence:
        return self._figures[key]

    def keep(self, key: str, figures: BySequence) -> None:
        """Remember for good."""
        self._figures[key] = figures
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a") as file:
            file.write(json.dumps([key, figures]) + "\n")


class _Worker:
    """One process: the material it shares, TrackEval, and the figures of all paths it has seen."""

    def __init__(self, shown: Mapping[str, Sequence[Shown]], folder: Path) -> None:
        self._shown = shown
        self._seen: dict[bytes, Figures] = {}
        self._scorer = Scorer(Path(tempfile.mkdtemp(dir=folder)))

    def figures(self, kind: str, trial: Trial) -> BySequence:
        found: dict[str, list[Figures]] = {}
        with changed(trial, _settings(kind)) as settings:
            for place, (material, _) in enumerate(self._shown[kind]):
                rows = linked.ours(material, settings)
                found.setdefault(material.sequence.name, []).append(self._scored(kind, place, rows))
        return {name: starts.mean(several) for name, several in found.items()}

    def _scored(self, kind: str, place: int, rows: Rows) -> Figures:
        material, truth = self._shown[kind][place]
        paths = b"".join(one.tobytes() for one in (rows.frames, rows.ids, rows.boxes))
        seen = hashlib.sha256(f"{kind} {place} ".encode() + paths).digest()
        if seen not in self._seen:
            figures = self._scorer.figures(material.sequence, truth, rows)
            self._seen[seen] = {name: figures[name] for name in _KEPT}
        return self._seen[seen]


@contextmanager
def changed(trial: Trial, settings: Settings) -> Iterator[Settings]:
    """The tracker with a trial's constants; gives its settings.

    Raises:
        KeyError: there is no such setting or constant.
    """
    by_label = {one.label: one for one in constants()}
    with ExitStack() as stack:
        for change in trial:
            if "." in change.name:
                constant = by_label[change.name]
                stack.enter_context(constant.set_to(change.of(constant.value)))
            elif change.name in vars(settings):
                settings = replace(settings, **{change.name: change.of_one(getattr(settings, change.name))})
            else:
                raise KeyError(change.name)
        yield settings


def _settings(kind: str) -> Settings:
    return Settings.for_detector(kind)


_worker: list[_Worker] = []
"""This process's own, when it is one of those that try."""


def _begin(shown: Mapping[str, Sequence[Shown]], folder: Path) -> None:
    _worker[:] = [_Worker(shown, folder)]


def _figures(kind: str, trial: Trial) -> BySequence:
    return _worker[0].figures(kind, trial)


def _mean(several: Sequence[BySequence]) -> BySequence:
    return {name: starts.mean([one[name] for one in several]) for name in several[0]}


def _digest(shown: Sequence[Shown]) -> str:
    digest = hashlib.sha256()
    for material, truth in shown:
        found, sequence = material.detections, material.sequence
        digest.update(f"{sequence.name} {sequence.first} {sequence.length} {material.detector}".encode())
        arrays = (
            found.timestamps_ms,
            found.frame_of,
            found.boxes,
            found.scores,
            found.camera,
            found.appearance,
        )
        for array in (*arrays, truth.frames, truth.ids, truth.boxes):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
