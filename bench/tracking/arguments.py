"""Arguments that the commands on one detector's paths have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.tracking.tables import DETECTORS
from tools.arguments import Parser


def parsed(module: str, description: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    """`mot`, a folder that exists, `detector` and `hz`."""
    parser = Parser(prog=f"python -m {module}", description=description)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    parser.add_argument("--hz", type=float, default=5.0, help="analysis rate (5)")
    options = parser.parse_args(arguments)
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    return options
