"""The page on faults names tests; each of them exists."""

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "reliability.md"
_TESTS = _ROOT / "tests"


def test_every_fault_of_the_page_has_its_test() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", _PAGE.read_text())
    assert len(named) > 30
    written = {
        (path.name, test)
        for path in _TESTS.rglob("test_*.py")
        for test in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    missing = ["::".join(each) for each in named if each not in written]
    assert missing == []


def test_every_row_of_the_page_names_a_test() -> None:
    faults = _PAGE.read_text().partition("## Measured")[0]
    rows = [line for line in faults.splitlines() if line.startswith("| ")]
    bare = [
        row
        for row in rows
        if "::test_" not in row and not row.startswith(("| fault |", "| case |", "| what |"))
    ]
    assert bare == []
