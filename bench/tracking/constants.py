"""``python -m bench.tracking.constants --mot PATH``: how much each constant of the tracker matters.

Every setting and every constant of its passes, one at a time, times 0.7 and times 1.4: the change of HOTA and
IDF1 on each sequence, means over every start. What changes nothing needs no tuning; what changes much, and in
the same direction everywhere, is not at its best.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np

import engine.tracker
from bench.tracking import linked, starts
from bench.tracking.arguments import parsed
from bench.tracking.evaluation import Figures
from bench.tracking.material import Material
from bench.tracking.mot import Rows
from engine.tracker import Settings

_FACTORS = (0.7, 1.4)
_AS_IT_IS = "as it is"
_DERIVED = "FILTER_"
"""The filter reads its constants of this prefix once, into arrays of its own module: those are varied."""
_OF_MEMORY = frozenset({"_GROWTH"})
"""Constants that paths do not depend on, and that may not be below 1."""


@dataclass(frozen=True)
class Constant:
    """One number, or one array or tuple of them, by the name it has in each of some modules."""

    name: str
    modules: tuple[ModuleType, ...]

    @property
    def label(self) -> str:
        """The module's own name and the constant's."""
        return f"{self.modules[0].__name__.rsplit('.', 1)[-1]}.{self.name}"

    @contextmanager
    def times(self, factor: float) -> Iterator[None]:
        """The tracker with this constant multiplied."""
        value = getattr(self.modules[0], self.name)
        scaled = tuple(factor * one for one in value) if isinstance(value, tuple) else factor * value
        with ExitStack() as stack:
            for module in self.modules:
                stack.enter_context(patch.object(module, self.name, scaled))
            yield


def constants() -> list[Constant]:
    """Every constant of the tracker that is not a whole number: those only bound memory or count frames."""
    holders: dict[tuple[str, int], list[ModuleType]] = {}
    for found in pkgutil.walk_packages(engine.tracker.__path__, "engine.tracker."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if name.isupper() and _is_scalable(value) and not _is_left_out(name):
                holders.setdefault((name, id(value)), []).append(module)
    return [Constant(name, tuple(modules)) for (name, _), modules in holders.items()]


def _is_left_out(name: str) -> bool:
    return name.startswith(_DERIVED) or name in _OF_MEMORY


def _is_scalable(value: object) -> bool:
    return isinstance(value, float | np.ndarray) or (
        isinstance(value, tuple) and all(isinstance(one, float) for one in value)
    )


def trials(several: Sequence[Material], detector: str) -> dict[str, list[tuple[Material, Rows]]]:
    """The paths of every trial, by its name."""
    own = Settings.for_detector(detector)

    def paths(settings: Settings) -> list[tuple[Material, Rows]]:
        return [(one, linked.ours(one, settings)) for one in several]

    answers = {_AS_IT_IS: paths(own)}
    for field in fields(Settings):
        for factor in _FACTORS:
            value = factor * getattr(own, field.name)
            answers[f"Settings.{field.name} x {factor}"] = paths(replace(own, **{field.name: value}))
    for constant in constants():
        for factor in _FACTORS:
            with constant.times(factor):
                answers[f"{constant.label} x {factor}"] = paths(own)
    return answers


def report(scores: dict[str, dict[str, Figures]]) -> None:
    """Print the change that each trial makes, by sequence."""
    before = scores.pop(_AS_IT_IS)
    print(f"{'HOTA / IDF1':44s}" + "".join(f"{name:>18s}" for name in before) + f"{'mean':>14s}")
    print(f"{_AS_IT_IS:44s}" + _cells(list(before.values()), "{:.1f} / {:.1f}"))
    for name, each in scores.items():
        changes = [
            {column: each[sequence][column] - before[sequence][column] for column in ("HOTA", "IDF1")}
            for sequence in before
        ]
        print(f"{name:44s}" + _cells(changes, "{:+.1f} / {:+.1f}"))


def _cells(figures: Sequence[Figures], form: str) -> str:
    cells = [form.format(one["HOTA"], one["IDF1"]) for one in figures]
    mean = form.format(*(np.mean([one[column] for one in figures]) for column in ("HOTA", "IDF1")))
    return "".join(f"{cell:>18s}" for cell in cells) + f"{mean:>14s}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table for one detector."""
    options = parsed("bench.tracking.constants", __doc__, arguments)
    several = starts.of_every_video(options.mot, options.detector, options.hz)
    with tempfile.TemporaryDirectory(prefix="bench-constants-") as folder:
        report(starts.evaluated(trials(several, options.detector), Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
