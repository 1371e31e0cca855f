"""Handing paths and ground truth to TrackEval, in the bench's own environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import numpy as np

from bench.tracking.environments import python_of
from bench.tracking.mot import Rows
from bench.tracking.mot import Sequence as Sequences

Figures = dict[str, float]

_AT_ONCE = 2
"""Scorers of `evaluate`: scoring is most of the bench's time."""


class Scorer:
    """TrackEval in a process of its own, which scores one sequence after another: starting it takes a second.

    Args:
        folder: where paths are handed over; of this scorer alone.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "paths.npz"
        self._process = subprocess.Popen(
            [str(python_of("requirements.txt")), str(Path(__file__).with_name("scores.py"))],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def figures(self, sequence: Sequences, truth: Rows, rows: Rows) -> Figures:
        """Figures of paths in one sequence.

        Raises:
            RuntimeError: TrackEval failed.
        """
        scale = np.array([sequence.width, sequence.height, sequence.width, sequence.height])
        np.savez(
            self._file,
            length=sequence.length,
            gt_frames=truth.frames,
            gt_ids=truth.ids,
            gt_boxes=truth.boxes * scale,
            our_frames=rows.frames,
            our_ids=rows.ids,
            our_boxes=rows.boxes * scale,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(self._file)]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("TrackEval failed; its message is above")
        figures: Figures = json.loads(answer)
        return figures


def evaluate(
    answers: Mapping[str, Sequence[tuple[Sequences, Rows]]], folder: Path
) -> dict[str, dict[str, Figures]]:
    """Figures of each answer by sequence; works in an empty folder."""
    python_of("requirements.txt")  # Made here, not by both scorers at once.
    jobs = [(name, sequence, rows) for name, several in answers.items() for sequence, rows in several]

    def scored(number: int) -> list[Figures]:
        with Scorer(folder / str(number)) as scorer:
            return [scorer.figures(one, one.truth(), rows) for _, one, rows in jobs[number::_AT_ONCE]]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        parts = list(pool.map(scored, range(_AT_ONCE)))
    return _by_answer(
        (name, sequence.name, parts[place % _AT_ONCE][place // _AT_ONCE])
        for place, (name, sequence, _) in enumerate(jobs)
    )


def _by_answer(figures: Iterable[tuple[str, str, Figures]]) -> dict[str, dict[str, Figures]]:
    result: dict[str, dict[str, Figures]] = {}
    for name, sequence, one in figures:
        result.setdefault(name, {})[sequence] = one
    return result
