"""The files of the page of a scene over days, joined from their parts."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import script as report_script
from pipeline.report import style as report_style
from pipeline.report.joined_parts import joined_script, joined_style
from tools.page.document import document

_HERE = Path(__file__).parent
_OWN = (
    "words",
    "tables",
    "bars",
    "hours",
    "dwell",
    "flow",
    "comparison",
    "heat",
    "asking",
    "downloads",
    "periods",
    "start",
)
SCRIPT_PARTS = (
    _HERE.parent / "js" / "status.js",
    _HERE / "js" / "page.js",
    *(
        report_script.FOLDER / f"{part}.js"
        for part in ("quantities", "names", "shapes", "heat_colours", "zones")
    ),
    *(_HERE / "js" / f"{part}.js" for part in _OWN),
)
"""The status line of the page for dropping videos, what the report writes and draws in the same way, and the
files of js/, in the order in which they run."""
STYLE_PARTS = (
    *(report_style.FOLDER / f"{part}.css" for part in ("base", "tiles", "scene", "answers")),
    _HERE.parent / "css" / "main_button.css",
    *(_HERE / "css" / f"{part}.css" for part in ("page", "figures")),
)
"""What the report's tiles, scene and answers look like, and the files of css/, in their order."""


def html() -> str:
    """The page, read afresh like its parts."""
    return document(_HERE / "days.html", "days", "A scene over days · people-pathing")


def script() -> str:
    """The whole script."""
    return joined_script(SCRIPT_PARTS)


def style() -> str:
    """The whole style sheet."""
    return joined_style(STYLE_PARTS)
