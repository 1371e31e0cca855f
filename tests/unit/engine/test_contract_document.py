"""docs/contract.md names tests: each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_test_the_document_names_exists() -> None:
    document = (ROOT / "docs" / "contract.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", document))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert len(named) > 100
    assert named - written == set()


def test_every_row_names_a_test() -> None:
    document = (ROOT / "docs" / "contract.md").read_text()
    rows = [line for line in document.splitlines() if line.startswith("| ") and "shown by" not in line]
    assert [row for row in rows if "`test_" not in row] == []
