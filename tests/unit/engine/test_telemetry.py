"""No module of ours lets onnxruntime report its use, whichever is imported first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_IMPORT = re.compile(r"^\s*(?:import|from) onnxruntime\b", re.MULTILINE)


def importers() -> list[str]:
    """Names of the modules that import onnxruntime themselves."""
    files = [(file, ROOT / "lambdas") for file in (ROOT / "lambdas").rglob("*.py")]
    files += [
        (file, ROOT)
        for folder in ("bench", "infra", "testing", "tools")
        for file in (ROOT / folder).rglob("*.py")
    ]
    return sorted(
        ".".join(file.relative_to(root).with_suffix("").parts)
        for file, root in files
        if _IMPORT.search(file.read_text())
    )


def test_modules_that_import_onnxruntime_are_found() -> None:
    assert "engine.detector.session" in importers()


@pytest.mark.parametrize("module", importers())
def test_importing_it_leaves_no_id_of_the_machine(module: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-B", "-c", f"import {module}, onnxruntime"],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'lambdas'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert list(tmp_path.rglob("*")) == []
