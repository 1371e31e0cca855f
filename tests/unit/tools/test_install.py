"""Installing: progress with an estimate, and one line where it cannot be done."""

from __future__ import annotations

import io
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from tools.install import InstallError, install
from tools.progress import Progress


def _environment(folder: Path, script: str) -> Path:
    """A virtual environment whose pip is the shell script `script`."""
    python = folder / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    (folder / "lock.txt").write_text("one==1 \\\n    --hash=sha256:0\ntwo==2\n")
    return folder / "venv"


def test_packages_are_counted_while_they_are_downloaded(tmp_path: Path) -> None:
    shown = io.StringIO()
    venv = _environment(tmp_path, "echo Collecting one==1; sleep 0.1; echo Collecting two==2")
    install(venv, tmp_path / "lock.txt", Progress(shown))
    assert "downloading 1 of 2 packages" in shown.getvalue()
    assert shown.getvalue().splitlines()[-1].endswith("venv: 2 packages installed")


def test_what_pip_cannot_install_is_one_line(tmp_path: Path) -> None:
    venv = _environment(tmp_path, "echo Collecting one==1; echo ERROR: no such version; exit 1")
    with pytest.raises(InstallError, match=r"pip could not install .*lock\.txt: ERROR: no such version$"):
        install(venv, tmp_path / "lock.txt", Progress(io.StringIO()))


def test_a_full_disk_is_reported_before_anything_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 3 * 10**8))
    venv = _environment(tmp_path, "touch called")
    with pytest.raises(
        InstallError, match=r"^Not enough disk space: 1\.5 GB are needed, 0\.3 GB are free in /"
    ):
        install(venv, tmp_path / "lock.txt", Progress(io.StringIO()))
