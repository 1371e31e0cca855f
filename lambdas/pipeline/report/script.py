"""The script of the report page, joined from its parts in js/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.report.joined_parts import joined_script

FOLDER = Path(__file__).parent / "js"
PARTS = (
    "data",
    "quantities",
    "names",
    "shapes",
    "people",
    "state",
    "canvases",
    "paths",
    "heat_colours",
    "heatmap",
    "answers",
    "zones",
    "scene",
    "selection",
    "timeline",
    "occupancy",
    "downloads",
    "pointing",
    "table",
    "playback",
    "controls",
    "video",
    "start",
)
"""The files of js/, in the order in which they run."""


@cache
def script() -> str:
    """The whole script."""
    return joined_script(FOLDER / f"{part}.js" for part in PARTS)
