"""Whatever a user gives to a command, the command's own output holds nothing that a terminal would obey."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.embedded.embedded_aws import ROOT

_HOSTILE = "no\x1b[31m/red\x1b]0;title\x07\x9b2J\u202e\x08.mp4"
_MAKEFILE = (ROOT / "Makefile").read_text()

_OTHERS = {"test"}
"""pytest itself prints what it is given."""

_STAND_IN = f"""#!/bin/bash
[[ "$2" == tools.commands.setup || "$2" == infra.packaging.bundling ]] && exit 0
exec {sys.executable} "$@"
"""
"""Nothing is installed, and the CDK, which prints its arguments itself, is not reached."""


def _commands() -> Iterator[tuple[str, str]]:
    """Each command with each variable that it takes."""
    for name, recipe in re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", _MAKEFILE, re.MULTILINE):
        text = recipe.replace("$(CDK)", "tools.words OPTIONS").replace("$(ACCOUNT)", "tools.words OPTIONS")
        for variable in sorted(set(re.findall(r"\$\$\{?([A-Z]+)|tools\.words ([A-Z]+)", text))):
            if name not in _OTHERS:
                yield name, "".join(variable)


_COMMANDS = tuple(_commands())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with everything installed, in which nothing runs."""
    checkout = tmp_path_factory.mktemp("checkout")
    for package in ("bench", "infra", "lambdas", "reader", "testing", "tools"):
        shutil.copytree(ROOT / package, checkout / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "package-lock.json"):
        shutil.copy2(ROOT / name, checkout)
    for installed in (
        ".venv/.installed",
        ".venv/.developer",
        ".local/aws-venv/.installed",
        "node_modules/.installed",
        "node_modules/.developer",
    ):
        (checkout / installed).parent.mkdir(parents=True, exist_ok=True)
        (checkout / installed).touch()
    # Never older than what it is made from.
    _write_program(checkout / ".venv/bin/python", _STAND_IN)
    _write_program(checkout / "node_modules/.bin/cdk", "#!/bin/bash\nexit 0\n")
    return checkout


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _make(folder: Path, target: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "AWS_"))}
    return subprocess.run(
        ["make", target, *(f"{name}={value}" for name, value in given.items())],
        cwd=folder,
        # Of AWS there is a port that refuses every connection.
        env=kept
        | {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _assert_plain(text: str) -> None:
    assert [sign for sign in text if not sign.isprintable() and sign not in "\n\t"] == [], text
    assert "Traceback" not in text


@pytest.mark.parametrize(("target", "variable"), _COMMANDS)
def test_a_value_is_inert_in_the_output_of_every_command(folder: Path, target: str, variable: str) -> None:
    others = dict.fromkeys((name for command, name in _COMMANDS if command == target), "nothing")
    ended = _make(folder, target, others | {variable: _HOSTILE})
    _assert_plain(ended.stdout + ended.stderr)
    assert ended.returncode != 0
    assert "error: " in ended.stderr


def test_every_command_line_is_read_by_the_parser_whose_errors_are_inert() -> None:
    sources = [path for package in ("tools", "bench") for path in (ROOT / package).rglob("*.py")]
    # tools.install is called by the Makefile alone, with values of its own.
    assert [path.name for path in sources if "argparse.ArgumentParser(" in path.read_text()] == ["install.py"]


@pytest.mark.parametrize("port", ["-1", "65536", "8o80", "1e3", "٣"])
def test_a_port_that_is_none_is_refused_in_a_line(folder: Path, port: str) -> None:
    ended = _make(folder, "endpoint", {"PORT": port})
    assert ended.stderr.splitlines()[0] == (
        f"error: PORT={port} is no port: give a number from 1 to 65535, or 0 for a free one."
    )
    assert ended.stdout == ""
