"""The style sheet of the report page, joined from its parts in css/."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.report.joined_parts import joined_style

FOLDER = Path(__file__).parent / "css"
PARTS = ("base", "tiles", "page", "scene", "controls", "people", "timeline", "answers", "about")
"""The files of css/, in their order. The page for dropping videos begins with the same `base`."""


@cache
def style() -> str:
    """The whole style sheet."""
    return joined_style(FOLDER / f"{part}.css" for part in PARTS)
