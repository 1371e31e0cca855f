"""What is installed is pinned, by hash, and from wherever the installing machine gets its packages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    [
        *ROOT.glob("requirements*.txt"),
        *(
            path
            for name in ("lambdas", "tools", "bench", "tests")
            for path in (ROOT / name).rglob("requirements*.txt")
        ),
    ]
)
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[a-z0-9,]+\])?==[^\s;]+")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_package_is_pinned_by_hash(path: Path) -> None:
    entries = [
        entry
        for entry in path.read_text().replace("\\\n", " ").splitlines()
        if entry and entry[0] not in " #"
    ]
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_registry_is_named(path: Path) -> None:
    assert "://" not in path.read_text()
    assert "--index-url" not in path.read_text()


def test_the_command_lines_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    for name, package in packages.items():
        package.pop("funding", None)  # addresses of people, not of packages
        assert "://" not in json.dumps(package), name
