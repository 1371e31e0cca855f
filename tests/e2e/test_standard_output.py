"""A command's standard output is its one document: what the set-up before it says is not in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from testing.people import people_clip
from tools.embedded.embedded_aws import ROOT

_VERBOSE = """#!/bin/sh
[ "$1" != -c ] || exit 0
echo "noise on standard output"; echo "noise on standard error" >&2
case "$*" in *tools.install*)
    mkdir -p "$3/bin"; cp "$0" "$3/bin/python"
esac
"""
"""Stands for Python and npm with all their output; the environment it is to make consists of itself."""


def make(checkout: Path, *arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """Runs make as from a shell of its own, whichever make runs the tests."""
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_track_prints_the_json_document_and_nothing_else(tmp_path: Path) -> None:
    clip = people_clip(tmp_path / "people.avi", 2)
    ended = make(ROOT, "track", f"VIDEO={clip}", "OUT=-")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["JobStatus"] == "SUCCEEDED"


def test_the_first_set_up_says_nothing_on_standard_output(tmp_path: Path) -> None:
    checkout, tools = tmp_path / "checkout", tmp_path / "tools"
    (checkout / "tools" / "embedded").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "tools/embedded/requirements.txt", "package-lock.json"):
        shutil.copy(ROOT / name, checkout / name)
    (checkout / "node_modules").mkdir()
    tools.mkdir()
    for name in ("python3", "npm"):
        (tools / name).write_text(_VERBOSE)
        (tools / name).chmod(0o755)
    ended = make(
        checkout, "setup", "node_modules/.installed", path=f"{tools}{os.pathsep}{os.environ['PATH']}"
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("noise on standard output") == 4
    assert ended.stdout == ""
