"""``python -m bench.tracking.conditions --mot PATH``: the tables of docs/cameras.md.

What is found is kept: begun again, it goes on where it was; with another tracker it takes some minutes.
With ``--pictures FOLDER`` it writes the pictures of docs/cameras.md instead; that needs no ground truth.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.tracking.conditions import tables
from bench.tracking.conditions.pictures import write_pictures
from bench.tracking.tables import DETECTORS
from tools.arguments import Parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, or write the pictures."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.pictures is not None:
        write_pictures(options.pictures)
        return 0
    if options.mot is None or not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot or 'give --mot PATH'}")
    begun = time.monotonic()
    if options.table != "crowds":
        filmed = tables.filmed_sequences(options.mot, options.sequence, options.frames, options.starts)
        tables.by_condition(filmed, options.only, options.detector, options.hz)
    if options.table != "conditions":
        tables.by_crowd(options.mot, tuple(options.people or tables.CROWDS), options.detector, options.hz)
    print(f"\n{time.monotonic() - begun:.0f} s on this machine.")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m bench.tracking.conditions", description=__doc__)
    parser.add_argument("--mot", type=Path, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--table", choices=("conditions", "crowds"), help="one of the two tables alone")
    parser.add_argument("--sequence", action="append", help="one of the filmed sequences (any number; all)")
    parser.add_argument("--people", type=int, action="append", help="people at once (5, 10, 20 and 30)")
    parser.add_argument("--only", default="", help="conditions whose names contain this")
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    parser.add_argument("--hz", type=float, default=5.0, help="analysis rate (5)")
    parser.add_argument("--frames", type=int, help="of each video, at most (as many as are affordable)")
    parser.add_argument("--starts", type=int, help="first frames to take the mean over (the same)")
    parser.add_argument("--pictures", type=Path, help="write the pictures of docs/cameras.md to this folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
