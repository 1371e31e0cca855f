"""Scripts and style sheets in parts, joined for a page that loads one of each.

The parts of a script share one scope, since a page that is one file cannot import: functions may be used
before the part that defines them, values only after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def joined_script(parts: Iterable[Path]) -> str:
    """The whole script, in strict mode; `parts` in the order in which they run."""
    return "\n".join(['"use strict";', *(part.read_text("utf-8") for part in parts)])


def joined_style(parts: Iterable[Path]) -> str:
    """The whole style sheet; of two rules of the same weight the one of the later part applies."""
    return "\n".join(part.read_text("utf-8") for part in parts)
