"""The files of the page: its HTML, and its script and style sheet, joined from their parts."""

from __future__ import annotations

from pathlib import Path

from pipeline.report import script as report_script
from pipeline.report import style as report_style
from pipeline.report.joined_parts import joined_script, joined_style
from tools.page.answer import Answer
from tools.page.document import document

_HERE = Path(__file__).parent
SCRIPT_PARTS = (
    *(report_script.FOLDER / f"{part}.js" for part in ("quantities", "names")),
    *(
        _HERE / "js" / f"{part}.js"
        for part in ("status", "confirm", "stages", "uploads", "failures", "rows", "list", "scenes")
    ),
)
"""Quantities and names as the report writes them, and the files of js/, in the order in which they run."""
STYLE_PARTS = (
    report_style.FOLDER / "base.css",
    *(
        _HERE / "css" / f"{part}.css"
        for part in ("main_button", "page", "confirm", "drop", "videos", "scenes")
    ),
)
"""What the report begins with as well, and the files of css/, in their order."""


def page_file(path: str, where: str) -> Answer | None:
    """The file at a path of the page's address, read afresh, or None.

    Args:
        where: a sentence that says where a dropped video goes.
    """
    match path:
        case "/":
            html = document(_HERE / "page.html", "page").replace("{{where}}", where)
            return Answer(html.encode(), "text/html; charset=utf-8")
        case "/page.css":
            return Answer(joined_style(STYLE_PARTS).encode(), "text/css; charset=utf-8")
        case "/page.js":
            return Answer(script().encode(), "text/javascript; charset=utf-8")
    return None


def script() -> str:
    """The whole script."""
    return joined_script(SCRIPT_PARTS)
