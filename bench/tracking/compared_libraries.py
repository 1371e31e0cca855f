"""The best permissive tracking libraries on the same detections, each in its own environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.tracking.environments import python_of
from bench.tracking.material import Material
from bench.tracking.mot import Rows

NAMES = {
    "ByteTrack": "requirements.txt",
    "OC-SORT": "requirements.txt",
    "BoT-SORT": "requirements.txt",
    "norfair": "requirements-norfair.txt",
}
"""Each library's name and its environment."""


@dataclass(frozen=True)
class Run:
    """One library on one material with its threshold for high-confidence detections.

    Materials are compared by identity.
    """

    library: str
    material: Material
    confidence: float


def run_all(runs: Sequence[Run], folder: Path) -> list[Rows]:
    """The compared libraries' boxes at every frame of the ground truth, run by run; works in an empty folder.

    Between frames analysed one after the other boxes are interpolated, as ours are.
    """
    jobs: dict[str, list[dict[str, object]]] = {name: [] for name in NAMES}
    sources: dict[int, Path] = {}
    for number, run in enumerate(runs):
        source = sources.setdefault(id(run.material), folder / f"{number}-source.npz")
        if not source.exists():
            _write(run.material, source)
        gaps = np.diff(run.material.seconds[run.material.analysed])
        jobs[run.library].append(
            {
                "source": str(source),
                "target": str(folder / f"{number}-target.npz"),
                "fps": float(1 / np.median(gaps)),
                "high_confidence": run.confidence,
            }
        )
    script = Path(__file__).with_name("library.py")
    running = []
    for name, work in jobs.items():
        if not work:
            continue
        listing = folder / f"{name}.json"
        listing.write_text(json.dumps(work))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        command = [str(python_of(NAMES[name])), str(script), name, str(listing)]
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    codes = [process.wait() for process in running]
    if any(codes):
        raise RuntimeError("The run of a compared library failed; its message is above")
    return [_read(run.material, folder / f"{number}-target.npz") for number, run in enumerate(runs)]


def _write(material: Material, target: Path) -> None:
    sequence, found = material.sequence, material.detections
    pixels = np.array([sequence.width, sequence.height, sequence.width, sequence.height])
    np.savez(
        target,
        frames=found.frame_of,
        boxes=found.boxes * pixels,
        scores=found.scores,
        count=len(material.analysed),
    )


def _read(material: Material, source: Path) -> Rows:
    sequence = material.sequence
    pixels = np.array([sequence.width, sequence.height, sequence.width, sequence.height])
    paths = []
    with np.load(source) as found:
        for identity in np.unique(found["ids"]):
            mine = found["ids"] == identity
            steps, where = found["frames"][mine], found["boxes"][mine] / pixels
            at = material.analysed[steps]
            wanted = np.arange(at[0], at[-1] + 1)
            # Only between neighbours: an online tracker does not have what comes after a gap.
            step = np.searchsorted(at, wanted, side="right") - 1
            known = (wanted == at[step]) | (np.diff(steps, append=steps[-1] + 2)[step] == 1)
            wanted = wanted[known]
            times = material.seconds
            boxes = np.stack([np.interp(times[wanted], times[at], side) for side in where.T], axis=1)
            paths.append((identity, wanted, boxes))
    return Rows.of_paths(paths)
