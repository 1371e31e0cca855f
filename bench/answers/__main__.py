"""``python -m bench.answers --mot PATH``: answers from the product's paths and a library's, against truth.

On every filmed sequence of a still camera: crossings of fourteen lines and dwell in sixteen zones that cover
the picture, answered from the ground truth's paths and from the product's (default detector and rate); beside
them ByteTrack's paths of the same detections, counted by `supervision`'s own zones and by the product's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.answers.counted import Counted, counted, scene
from bench.answers.supervision_zones import counted_by_supervision
from bench.tracking import compared_libraries, linked, material
from bench.tracking.material import Material
from bench.tracking.mot import sequences
from tools.arguments import Parser

_CONFIDENCE = 0.7
"""ByteTrack's threshold for confident detections; of 0.3, 0.5, 0.7 and 0.9 its best on average."""

_OURS, _LIBRARY = "people-pathing", "ByteTrack + supervision"

_GOALS = {"TUD-Stadtmitte": (5.0, 10.0), "PETS09-S2L1": (5.0, 10.0), "ADL-Rundle-6a": (15.0, 15.0)}
"""Errors of counts and of dwell in percent, at most."""


def main() -> int:
    """Print the table; 0 when every goal is met."""
    parser = Parser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--hz", type=float, default=5.0, help="the product's analysis rate (5)")
    parser.add_argument("--alone", action="store_true", help="without the library")
    options = parser.parse_args()
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    met = True
    errors: dict[str, list[tuple[float, float]]] = {}
    print(f"{'sequence':16s} {'paths of':24s} {'crossings':>9s} {'error':>7s} {'dwell':>9s} {'error':>7s}")
    for sequence in sequences(options.mot):
        video = material.video_of(sequence) if sequence.still else None
        if video is None:
            continue
        found = material.own(sequence, video, "movenet").at(options.hz)
        truth = counted(sequence.truth(), found)
        rows = {"ground truth": truth, _OURS: counted(linked.ours(found), found)}
        if not options.alone:
            rows |= _of_library(found)
        for name, answers in rows.items():
            counts, dwell = answers.errors(truth)
            errors.setdefault(name, []).append((counts, dwell))
            print(
                f"{sequence.name:16s} {name:24s} {answers.crossings.total():9d} {counts:6.1f}% "
                f"{sum(answers.dwell.values()):7.1f} s {dwell:6.1f}%",
                flush=True,
            )
        if sequence.name in _GOALS:
            met = _reached(sequence.name, *errors[_OURS][-1]) and met
    for name, each in errors.items():
        counts, dwell = (sum(column) / len(each) for column in zip(*each, strict=True))
        print(f"{'mean':16s} {name:24s} {'':9s} {counts:6.1f}% {'':9s} {dwell:6.1f}%")
    return 0 if met else 1


def _reached(name: str, counts: float, dwell: float) -> bool:
    """Print the goals of a sequence, and whether they are met: counts and dwell, each by itself."""
    reached = True
    for what, error, most in zip(("counts", "dwell"), (counts, dwell), _GOALS[name], strict=True):
        print(f"{'met   ' if error <= most else 'MISSED'}  {name}: {what} {error:.1f} % (≤ {most:g} %)")
        reached = reached and error <= most
    return reached


def _of_library(found: Material) -> dict[str, Counted]:
    """Of the library's paths: by its own zones and lines, and by the product's."""
    with tempfile.TemporaryDirectory(prefix="bench-answers-") as folder:
        (rows,) = compared_libraries.run_all(
            [compared_libraries.Run("ByteTrack", found, _CONFIDENCE)], Path(folder)
        )
        crossings, dwell = counted_by_supervision(rows, found, scene(), Path(folder))
    return {_LIBRARY: Counted(crossings, dwell), "ByteTrack + our answers": counted(rows, found)}


if __name__ == "__main__":
    sys.exit(main())
