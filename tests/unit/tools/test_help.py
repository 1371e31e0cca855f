"""`make` alone lists every command, and fits a terminal of 80 × 24."""

from __future__ import annotations

import os
import re
import subprocess

from tools.embedded.embedded_aws import ROOT

_INTERNAL = {"help", "node", "developer"}
"""Installed by the commands that need them."""


def _help() -> str:
    # As from a shell: a make that runs the tests would add the folder it enters.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_make_alone_names_every_command_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert phony is not None
    commands = set(phony[1].replace("\\\n", " ").split()) - _INTERNAL
    lists = re.findall(r"(?:make |^       )((?:[a-z-]+, )*(?:make )?[a-z-]+)", _help(), re.MULTILINE)
    listed = {name.removeprefix("make ") for names in lists for name in names.split(", ")}
    assert listed == commands


def test_make_alone_fits_a_terminal_and_begins_with_the_demo() -> None:
    lines = _help().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 23  # and the prompt
    assert next(line for line in lines if "make " in line).startswith("  make demo")
