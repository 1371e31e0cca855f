"""Interpreters that know nothing of this checkout, for running what is in a package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from platform import machine

import pytest

from infra.packaging.bundling import PackageName
from infra.packaging.platforms import LAMBDA_PYTHON, Platform

PLATFORMS = {"host": Platform.of_host(), "aws": Platform.on_aws("x86_64")}

Unzip = Callable[[PackageName, str], Path]
"""Unzips the package of a name and a platform."""


def bare(
    python: str, code: str, *arguments: str, bytecode: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs code with no environment of ours, no site-packages and no folder of the caller's on the path.

    `bytecode`: a folder in which several runs share what they compile.
    """
    compiled = ["-B"] if bytecode is None else ["-X", f"pycache_prefix={bytecode}"]
    return subprocess.run(
        [python, "-I", "-S", *compiled, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def python_of_lambda() -> str | None:
    """A Python of Lambda's version that runs packages for AWS; it is not on every machine."""
    if sys.platform != "linux" or machine() != "x86_64":
        return None
    for candidate in _candidates(f"python{LAMBDA_PYTHON}"):
        # One of a version manager may be a script that refuses to run it.
        ran = bare(candidate, "import sys; print(sys.executable)", PATH=os.environ["PATH"]).stdout.strip()
        if ran:
            return ran
    return None


def _candidates(name: str) -> Iterator[str]:
    """On the path, and where pyenv and uv install them."""
    if found := shutil.which(name):
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local" / "share" / "uv" / "python")
    for folder in (pyenv, uv):
        yield from map(str, sorted(folder.glob(f"*/bin/{name}"), reverse=True))


def interpreter(platform: str) -> str:
    """A Python that runs packages for `platform`, `host` or `aws`."""
    if platform == "host":
        return sys.executable
    found = python_of_lambda()
    if found is None:
        pytest.skip(f"no Python {LAMBDA_PYTHON} for x86-64 Linux here")
    return found
