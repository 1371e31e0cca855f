"""What CONTRIBUTING and the page on an upload's way say about the layout is so."""

from __future__ import annotations

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_CONTRIBUTING = (_ROOT / "CONTRIBUTING.md").read_text()
_UPLOAD = (_ROOT / "docs" / "upload.md").read_text()

_LINE = re.compile(r"^((?:│   |    )*(?:[├└]── )?)(\w+)/( +\S.*)?$", re.MULTILINE)


def folders_drawn() -> set[str]:
    """The folders of the tree, relative to the repository."""
    found: set[str] = set()
    above: list[str] = []
    for branches, name, _ in _LINE.findall(_CONTRIBUTING):
        above[len(branches) // 4 :] = [name]
        found.add("/".join(above))
    return found


def python_folders() -> set[str]:
    """Folders with Python modules; of the tests, and of what readers install, the first two levels."""
    found = set()
    for top in ("infra", "lambdas", "tools", "testing", "bench", "tests", "reader"):
        for file in (_ROOT / top).rglob("*.py"):
            folder = file.relative_to(_ROOT).parent
            deepest = {"tests": 2, "reader": 1}.get(top, 9)
            found.add("/".join(folder.parts[:deepest]))
    return found


def test_every_folder_has_a_line_in_contributing() -> None:
    drawn = folders_drawn()
    assert len(drawn) > 40
    assert python_folders() - drawn == set()


def test_every_folder_drawn_exists() -> None:
    assert [folder for folder in folders_drawn() if not (_ROOT / folder).is_dir()] == []


def test_every_module_on_an_uploads_way_exists() -> None:
    named = re.findall(r"`((?:infra|lambdas|reader)/[\w/]+\.py)`", _UPLOAD)
    assert len(named) > 40
    assert [module for module in named if not (_ROOT / module).is_file()] == []


def test_an_uploads_way_passes_every_handler() -> None:
    handlers = {
        str(path.relative_to(_ROOT))
        for path in (_ROOT / "lambdas").glob("*/handlers/*.py")
        if "def handler(" in path.read_text()
    }
    assert len(handlers) >= 8
    assert [handler for handler in handlers if f"`{handler}`" not in _UPLOAD] == []
