"""JSON for a block of the page that is never executed."""

from __future__ import annotations

import json


def inert_json(data: object) -> str:
    """JSON that cannot end the block it stands in, nor open a comment or a tag there."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
