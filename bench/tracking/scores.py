"""HOTA, IDF1 and MOTA by TrackEval. Runs in the bench's own virtual environment.

``python scores.py``: every line of its input is a JSON list of ``.npz`` files (one a sequence) of the arrays
that `score` takes; for each it writes a line with the figures, as soon as they are known.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np


def overlaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """IoU of every box (left, top, width, height) with every other, (len(first), len(second))."""
    a, b = first[:, None, :], second[None, :, :]
    size = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    shared = np.clip(size, 0, None).prod(-1)
    union = a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - shared
    return np.asarray(shared / np.maximum(union, 1e-12))


def _per_frame(frames: np.ndarray, length: int) -> list[slice]:
    edges = np.searchsorted(frames, np.arange(length + 1))
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


def prepare(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """TrackEval's form of one sequence.

    Args:
        arrays: ``length`` (), ``gt_frames`` (G,), ``gt_ids`` (G,), ``gt_boxes`` (G, 4) and the
            same three with ``our_``; frames count from 0 and never fall, boxes are in any one unit.
    """
    length = int(arrays["length"])
    gt_names, gt_ids = np.unique(arrays["gt_ids"], return_inverse=True)
    our_names, our_ids = np.unique(arrays["our_ids"], return_inverse=True)
    gt, ours = _per_frame(arrays["gt_frames"], length), _per_frame(arrays["our_frames"], length)
    return {
        "num_timesteps": length,
        "num_gt_ids": len(gt_names),
        "num_tracker_ids": len(our_names),
        "num_gt_dets": len(gt_ids),
        "num_tracker_dets": len(our_ids),
        "gt_ids": [gt_ids[rows] for rows in gt],
        "tracker_ids": [our_ids[rows] for rows in ours],
        "similarity_scores": [
            overlaps(arrays["gt_boxes"][a].astype(float), arrays["our_boxes"][b].astype(float))
            for a, b in zip(gt, ours, strict=True)
        ],
    }


def score(sequences: Iterable[dict[str, np.ndarray]]) -> dict[str, float]:
    """Figures of several sequences taken together, as the benchmark combines them (percent, counts)."""
    from trackeval import metrics  # Only the bench's own environment has it.

    prepared = {str(number): prepare(arrays) for number, arrays in enumerate(sequences)}
    quiet = {"PRINT_CONFIG": False}
    result: dict[str, dict[str, Any]] = {}
    for name, metric in (
        ("hota", metrics.HOTA(quiet)),
        ("clear", metrics.CLEAR(quiet)),
        ("identity", metrics.Identity(quiet)),
    ):
        each = {key: metric.eval_sequence(data) for key, data in prepared.items()}
        result[name] = metric.combine_sequences(each)
    people = sum(data["num_gt_ids"] for data in prepared.values())
    ids = sum(data["num_tracker_ids"] for data in prepared.values())
    return {
        "HOTA": 100 * float(np.mean(result["hota"]["HOTA"])),
        "DetA": 100 * float(np.mean(result["hota"]["DetA"])),
        "AssA": 100 * float(np.mean(result["hota"]["AssA"])),
        "LocA": 100 * float(np.mean(result["hota"]["LocA"])),
        "IDF1": 100 * float(result["identity"]["IDF1"]),
        "MOTA": 100 * float(result["clear"]["MOTA"]),
        "switches": int(result["clear"]["IDSW"]),
        "fragments": int(result["clear"]["Frag"]),
        "ids": ids,
        "people": people,
    }


def main() -> None:
    """Score every line of the input."""
    for line in sys.stdin:
        loaded = []
        for path in json.loads(line):
            with np.load(path) as arrays:
                loaded.append({name: arrays[name] for name in arrays.files})
        print(json.dumps(score(loaded)), flush=True)


if __name__ == "__main__":
    main()
