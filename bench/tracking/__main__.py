"""``python -m bench.tracking --mot PATH``: quality of the paths, ours beside the best libraries'."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.tracking import goals, material, tables
from bench.tracking.mot import sequences
from tools.arguments import Parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 when every goal is met."""
    parser = Parser(prog="python -m bench.tracking", description=__doc__)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--quick", action="store_true", help="no tables by analysis rate")
    parser.add_argument("--hz", type=float, default=5.0, help="the product's analysis rate (5)")
    options = parser.parse_args(arguments)
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    begun = time.monotonic()
    found, filmed = list(sequences(options.mot)), material.filmed(options.mot)
    with tempfile.TemporaryDirectory(prefix="bench-tracking-") as folder:
        table = tables.Tables(Path(folder))
        results = [
            *table.own_detections(filmed, options.hz),
            *table.by_start(filmed, options.hz),
            *table.public_detections(found),
            *([] if options.quick else [*table.by_rate(filmed), *table.by_rate_and_start(filmed)]),
        ]
    met = goals.report(results)
    print(f"\n{time.monotonic() - begun:.0f} s on this machine.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
