"""The page on kinds of video names tests; each of them exists."""

import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "videos.md"


def test_every_test_of_the_page_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", _PAGE.read_text())
    assert len(named) > 20
    written = {
        (path.name, test)
        for path in (_ROOT / "tests").rglob("test_*.py")
        for test in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert [each for each in named if each not in written] == []


def test_every_kind_of_video_names_a_test() -> None:
    kinds = _PAGE.read_text().partition("Peak memory")[0]
    rows = [line for line in kinds.splitlines() if line.startswith("| ") and not line.startswith("| kind |")]
    assert [row for row in rows if "::test_" not in row] == []
