"""The report's script and style sheet are all of their parts."""

from __future__ import annotations

import pytest

from pipeline.report import script, style


@pytest.mark.parametrize(
    ("module", "joined", "suffix"), [(script, script.script, ".js"), (style, style.style, ".css")]
)
def test_every_part_is_there_once(module, joined, suffix) -> None:  # type: ignore[no-untyped-def]
    files = list(module.FOLDER.iterdir())
    assert sorted(f"{part}{suffix}" for part in module.PARTS) == sorted(file.name for file in files)
    for file in files:
        assert joined().count(file.read_text("utf-8")) == 1, file.name
