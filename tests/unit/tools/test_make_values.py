"""What a user gives to a command of the Makefile arrives as it is, and nothing of it is run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.embedded.embedded_aws import ROOT

_MAKEFILE = (ROOT / "Makefile").read_text()
_OWN = {"BIN", "RUN", "CDK", "ACCOUNT", "INSTALL", "LOCKS", "CURDIR"}
"""The Makefile's own variables."""

_HOSTILE = (
    "`touch pwned` $(touch pwned) $(shell touch pwned) $$(touch pwned) ${HOME} $HOME $@ größe 🚶 \\ *.mp4 \\",
    "x\ntouch pwned\n; touch pwned | touch pwned && touch pwned > pwned #",
    '"; touch pwned; "',
    "');touch pwned; '(",
    "--help",
)
_STAND_IN = f"""#!/bin/bash
export PYTHONPATH={shlex.quote(str(ROOT))}
if [[ "$2" == tools.words ]]; then exec {shlex.quote(sys.executable)} -S "$@"; fi
printf '%s\\0' "$@" >> called
"""
"""Stands in for Python and for cdk: writes down what it is called with. Words are split by the real program.
"""

_MARKERS = (
    ".venv/.installed",
    ".venv/.developer",
    ".local/aws-venv/.installed",
    "node_modules/.installed",
    "node_modules/.developer",
)


def _recipes() -> dict[str, str]:
    """The recipe of each command."""
    found = re.findall(r"^([a-z-]+):.*\n((?:\t.*\n)+)", _MAKEFILE, re.MULTILINE)
    return {name: recipe.replace("$(CDK)", "tools.words OPTIONS") for name, recipe in found}


def _variables(recipe: str) -> tuple[set[str], set[str]]:
    """The variables a recipe takes: those of one value, and those of several words."""
    several = set(re.findall(r"tools\.words ([A-Z]+)", recipe))
    return set(re.findall(r"\$\$\{?([A-Z]+)", recipe)) - several, several


_TAKING = {name: _variables(recipe) for name, recipe in _recipes().items() if any(_variables(recipe))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with everything installed, whose Python and cdk only write down their arguments."""
    for installed in _MARKERS:
        (tmp_path / installed).parent.mkdir(parents=True, exist_ok=True)
    for source in (
        "requirements.txt",
        "requirements-dev.txt",
        "tools/embedded/requirements.txt",
        "package-lock.json",
    ):
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / source).touch()
        os.utime(tmp_path / source, (0, 0))
    for installed in _MARKERS:
        (tmp_path / installed).touch()
    for program in (".venv/bin/python", "node_modules/.bin/cdk"):
        _write_program(tmp_path / program, _STAND_IN)
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def _make(
    folder: Path, target: str, given: dict[str, str], *, by_environment: bool = False
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    words = [] if by_environment else [f"{name}={value}" for name, value in given.items()]
    return subprocess.run(
        ["make", target, *words],
        cwd=folder,
        env={**environment, **given} if by_environment else environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _called_with(folder: Path) -> list[str]:
    """Arguments of all calls since the last look."""
    called = folder / "called"
    arguments = called.read_text().split("\0") if called.exists() else []
    called.unlink(missing_ok=True)
    return arguments


def _assert_nothing_ran(folder: Path) -> None:
    assert [path.name for path in folder.rglob("*") if path.name == "pwned"] == []


def test_every_command_and_variable_is_tried() -> None:
    assert {
        "demo",
        "drop",
        "page",
        "track",
        "annotate",
        "answers",
        "scene",
        "scenes",
        "paths",
        "redrive",
        "forget",
        "deploy",
    } <= _TAKING.keys()
    names = set().union(*(one | several for one, several in _TAKING.values()))
    assert names == {
        "VIDEO",
        "FILE",
        "STACK",
        "PORT",
        "OUT",
        "TRACKS",
        "SCENE",
        "SORT",
        "MOT",
        "ARGS",
        "OPTIONS",
    }


def test_no_recipe_pastes_a_value() -> None:
    recipes = "".join(line for line in _MAKEFILE.splitlines(keepends=True) if line.startswith("\t"))
    assert set(re.findall(r"\$\(([A-Za-z_]+)", recipes.replace("$$(", ""))) <= _OWN
    # And what the shell reads of its environment stands in quotes.
    assert re.findall(r'(?<!")\$\$[A-Z]', recipes) == []


@pytest.mark.parametrize("by_environment", [False, True], ids=["as argument", "from the environment"])
@pytest.mark.parametrize("target", _TAKING)
def test_values_arrive_unchanged_and_nothing_of_them_is_run(
    folder: Path, target: str, by_environment: bool
) -> None:
    one, several = _TAKING[target]
    for value in _HOSTILE[:2] if by_environment else _HOSTILE:
        given = dict.fromkeys(one, value) | {name: f"first {shlex.quote(value)}" for name in several}
        ended = _make(folder, target, given, by_environment=by_environment)
        arguments = _called_with(folder)
        _assert_nothing_ran(folder)
        arrived = [
            each for each in arguments if each == value or re.fullmatch(r"--\w+=", each.removesuffix(value))
        ]
        assert len(arrived) >= len(one) + len(several), (arguments, ended.stderr)
        # Where it would be parsed as an option there is none but among the words.
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        assert options.count(value) == options.count("first")


@pytest.mark.parametrize(
    "value", ['a "b c" $(shell touch pwned) `touch pwned`', "x\n; touch pwned > y\\ z '' *"]
)
def test_words_are_split_as_a_shell_splits_them_and_not_run(folder: Path, value: str) -> None:
    for target in ("paths", "deploy"):
        _make(folder, target, dict.fromkeys(_TAKING[target][1], value))
        arguments, words = _called_with(folder), shlex.split(value)
        _assert_nothing_ran(folder)
        assert any(arguments[begin : begin + len(words)] == words for begin in range(len(arguments)))


def test_words_with_an_open_quote_are_refused_with_one_line(folder: Path) -> None:
    ended = _make(folder, "redrive", {"ARGS": "--list 'open"})
    assert ended.stderr.splitlines()[0] == "error: ARGS cannot be split into words: No closing quotation."
    assert ended.returncode != 0
    assert _called_with(folder) == []


@pytest.mark.parametrize("by_environment", [False, True], ids=["as argument", "from the environment"])
def test_the_python_to_set_up_with_is_run_by_the_very_name_given(folder: Path, by_environment: bool) -> None:
    (folder / ".venv/.installed").unlink()
    _write_program(folder / ".venv/bin/pip", "#!/bin/bash\n")
    python = folder / "a `touch pwned` $(touch pwned) $(shell touch pwned) \"'; touch pwned;" / "python"
    _write_program(python, _STAND_IN)

    ended = _make(folder, ".venv/.installed", {"PYTHON": str(python)}, by_environment=by_environment)

    assert ended.returncode == 0, ended.stderr
    assert "sys.version_info" in _called_with(folder)[1]
    _assert_nothing_ran(folder)
