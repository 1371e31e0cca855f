"""The report's script is all of its parts."""

from __future__ import annotations

from pathlib import Path

from pipeline.report.script import PARTS, script

_PARTS = Path(__file__).resolve().parents[3] / "lambdas" / "pipeline" / "report" / "js"


def test_every_part_is_in_the_script_once() -> None:
    assert sorted(PARTS) == sorted(file.stem for file in _PARTS.iterdir())
    for file in _PARTS.iterdir():
        assert script().count(file.read_text()) == 1, file.name
