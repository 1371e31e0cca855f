"""Arguments that the commands on one detector's paths, or on several trackers, have in common."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.tracking.tables import DETECTORS
from engine.runtime.cores import usable_cores
from tools.arguments import Parser

_TRIED = DETECTORS[:2]
"""`far` has its own material, far cameras."""


def parsed(module: str, description: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    """`mot`, a folder that exists, `detector` and `hz`."""
    parser = _parser(module, description)
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    return _checked(parser, arguments)


def parsed_trials(
    module: str, description: str | None, arguments: Sequence[str] | None, flags: Mapping[str, str]
) -> argparse.Namespace:
    """`mot`, a folder that exists, `detectors`, `hz`, `processes`, and flags by name, each with its help."""
    parser = _parser(module, description)
    parser.add_argument(
        "--detectors",
        nargs="+",
        choices=DETECTORS,
        default=_TRIED,
        help=f"whose mean counts ({' and '.join(_TRIED)})",
    )
    parser.add_argument(
        "--processes", type=int, default=usable_cores(), help="that try at once (one for each core)"
    )
    for name, text in flags.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    return _checked(parser, arguments)


def _parser(module: str, description: str | None) -> Parser:
    parser = Parser(prog=f"python -m {module}", description=description)
    parser.add_argument("--mot", type=Path, required=True, help="folder of MOTChallenge 2015 sequences")
    parser.add_argument("--hz", type=float, default=5.0, help="analysis rate (5)")
    return parser


def _checked(parser: Parser, arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser.parse_args(arguments)
    if not options.mot.is_dir():
        parser.error(f"no folder of MOTChallenge sequences: {options.mot}")
    return options
