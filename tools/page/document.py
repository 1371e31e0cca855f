"""The HTML of a page: the head that all pages have, and the page's own body."""

from __future__ import annotations

from pathlib import Path

_HEAD = Path(__file__).parent / "head.html"


def document(body: Path, name: str, title: str = "people-pathing") -> str:
    """The whole document, read afresh.

    Args:
        body: a file of the body and what closes the document.
        name: of the page's style sheet and script, `/{name}.css` and `/{name}.js`.
        title: as the browser shows it until the page's script changes it; not escaped.
    """
    head = _HEAD.read_text("utf-8").replace("{{title}}", title).replace("{{name}}", name)
    return head + body.read_text("utf-8")
