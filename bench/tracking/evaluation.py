"""Handing paths and ground truth to TrackEval, in the bench's own environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench.tracking.environments import python_of
from bench.tracking.mot import Rows
from bench.tracking.mot import Sequence as Sequences

Figures = dict[str, float]


def evaluate(
    answers: Mapping[str, Sequence[tuple[Sequences, Rows]]], folder: Path
) -> dict[str, dict[str, Figures]]:
    """Figures of each answer by sequence; works in an empty folder."""
    jobs: list[dict[str, object]] = []
    keys: list[tuple[str, str]] = []
    for number, (name, sequences) in enumerate(answers.items()):
        for place, (sequence, rows) in enumerate(sequences):
            truth = sequence.truth()
            path = folder / f"{number}-{place}.npz"
            scale = np.array([sequence.width, sequence.height, sequence.width, sequence.height])
            np.savez(
                path,
                length=sequence.length,
                gt_frames=truth.frames,
                gt_ids=truth.ids,
                gt_boxes=truth.boxes * scale,
                our_frames=rows.frames,
                our_ids=rows.ids,
                our_boxes=rows.boxes * scale,
            )
            jobs.append({"name": len(keys), "sequences": [str(path)]})
            keys.append((name, sequence.name))
    # Two at once: scoring is most of the bench's time.
    halves = [jobs[0::2], jobs[1::2]]
    running, targets = [], []
    for number, half in enumerate(halves):
        source, target = folder / f"jobs-{number}.json", folder / f"figures-{number}.json"
        source.write_text(json.dumps(half))
        targets.append(target)
        command = [str(python_of("requirements.txt")), str(Path(__file__).with_name("scores.py"))]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        running.append(subprocess.Popen([*command, str(source), str(target)], env=environment))
    codes = [process.wait() for process in running]
    if any(codes):
        raise RuntimeError("TrackEval failed; its message is above")
    figures: dict[str, dict[str, Figures]] = {}
    scored = {one.pop("name"): one for target in targets for one in json.loads(target.read_text())}
    for number, (name, sequence_name) in enumerate(keys):
        figures.setdefault(name, {})[sequence_name] = scored[number]
    return figures
