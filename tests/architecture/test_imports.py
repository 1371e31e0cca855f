"""Packages import only what lies in a layer below theirs; the layers are in pyproject.toml."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def checked(lambdas: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the checkout with `lambdas` in place of its own."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": f"{lambdas}:{_ROOT}"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def sources(folder: Path) -> Path:
    """A copy of the Lambda packages' Python files."""
    for file in (_ROOT / "lambdas").rglob("*.py"):
        copy = folder / file.relative_to(_ROOT / "lambdas")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return folder


def test_packages_import_only_from_layers_below() -> None:
    result = checked(_ROOT / "lambdas")
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_import_from_a_layer_above_is_found(tmp_path: Path) -> None:
    lambdas = sources(tmp_path)
    with (lambdas / "engine" / "tracker" / "geometry.py").open("a") as file:
        file.write("import engine.jobs.table\n")
    result = checked(lambdas)
    assert result.returncode == 1
    assert "engine.tracker.geometry -> engine.jobs.table" in result.stdout


def test_an_import_between_the_two_lambda_packages_is_found(tmp_path: Path) -> None:
    lambdas = sources(tmp_path)
    with (lambdas / "pipeline" / "video.py").open("a") as file:
        file.write("import engine.errors\n")
    result = checked(lambdas)
    assert result.returncode == 1
    assert "pipeline.video -> engine.errors" in result.stdout


def test_a_module_without_a_layer_is_found(tmp_path: Path) -> None:
    lambdas = sources(tmp_path)
    (lambdas / "engine" / "helpers.py").touch()
    result = checked(lambdas)
    assert result.returncode == 1
    assert "helpers" in result.stdout
