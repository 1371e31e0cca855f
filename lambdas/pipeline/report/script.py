"""The script of the report page, joined from its parts in js/.

The parts share one scope: a page that is one file cannot import. Functions may be used before the part that
defines them; values only after it, therefore the order.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

PARTS = (
    "data",
    "quantities",
    "people",
    "text",
    "state",
    "canvases",
    "paths",
    "heatmap",
    "scene",
    "selection",
    "timeline",
    "pointing",
    "table",
    "playback",
    "controls",
    "video",
    "start",
)
"""The files of js/, in the order in which they run."""

_FOLDER = Path(__file__).parent / "js"


@cache
def script() -> str:
    """The whole script, in strict mode."""
    return "\n".join(['"use strict";', *((_FOLDER / f"{part}.js").read_text("utf-8") for part in PARTS)])


if __name__ == "__main__":
    print(script())
