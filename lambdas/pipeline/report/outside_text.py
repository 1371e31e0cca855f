"""Text that comes with a video, its name above all, made harmless in HTML."""

from __future__ import annotations

import html
import re

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """Text for HTML, in which marks that turn the reading direction are shown and have no effect."""
    return html.escape(_TURNING.sub(lambda mark: f"⟨U+{ord(mark[0]):X}⟩", text))
