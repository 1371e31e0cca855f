"""The files of the scene editor: its HTML, and its script and style sheet, joined from their parts."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import script as report_script
from pipeline.report import style as report_style
from pipeline.report.joined_parts import joined_script, joined_style
from tools.page.answer import Answer
from tools.page.document import document

_HERE = Path(__file__).parent
SCRIPT_PARTS = (
    *(report_script.FOLDER / f"{part}.js" for part in ("names", "shapes")),
    *(_HERE.parent / "js" / f"{part}.js" for part in ("status", "confirm")),
    *(
        _HERE / "js" / f"{part}.js"
        for part in (
            "points",
            "document",
            "selection",
            "drawing",
            "placing",
            "pointer",
            "keys",
            "picture",
            "lists",
            "rules",
            "fields",
            "faults",
            "files",
            "saving",
            "start",
        )
    ),
)
"""What names and shapes look like in the report, the status line and the question of the page for
dropping videos, and the files of js/, in the order in which they run."""
STYLE_PARTS = (
    report_style.FOLDER / "base.css",
    *(_HERE.parent / "css" / f"{part}.css" for part in ("main_button", "confirm")),
    *(_HERE / "css" / f"{part}.css" for part in ("page", "stage", "panel")),
)
"""What the report begins with as well, and the files of css/, in their order."""


def editor_file(path: str) -> Answer | None:
    """The file at a path of the editor's address, read afresh, or None."""
    match path:
        case "/scene":
            return Answer(document(_HERE / "scene.html", "scene").encode(), "text/html; charset=utf-8")
        case "/scene.css":
            return Answer(joined_style(STYLE_PARTS).encode(), "text/css; charset=utf-8")
        case "/scene.js":
            return Answer(script().encode(), "text/javascript; charset=utf-8")
    return None


def script() -> str:
    """The whole script."""
    return joined_script(SCRIPT_PARTS)
