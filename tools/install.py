"""Install locked Python packages in a virtual environment of the checkout, with progress.

python -m tools.install FOLDER LOCK_FILE

Runs before anything is installed, in the Python of the machine: standard library only.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.inert import inert
from tools.messages import setup as messages
from tools.progress import Progress, estimate
from tools.tool_error import ToolError

_NEEDED_BYTES = 1_500_000_000
"""Free space for everything the set-up leaves, with some to spare."""
_POLL_SECONDS = 0.5


class InstallError(ToolError):
    """The packages cannot be installed; the text is one line that says why and what to do."""


def install(folder: Path, lock_file: Path, progress: Progress) -> None:
    """Create the virtual environment `folder` if it is missing, and install the packages of `lock_file`.

    Raises InstallError.
    """
    check_space(folder.parent)
    python = folder / "bin" / "python"
    if not python.exists():
        progress.show(f"creating {folder}")
        _create(folder)
    pinned = len(re.findall(r"^[A-Za-z0-9_.-]+==", lock_file.read_text(), re.MULTILINE))
    # Compiled modules go to PYTHONPYCACHEPREFIX when they are first imported; most never are.
    command = [str(python), "-m", "pip", "install", "--no-compile", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(lock_file)]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        found, errors, last = 0, [], "pip printed nothing"
        for line in pip.stdout:
            last = line.strip() or last
            if line.startswith("ERROR"):
                errors.append(line.strip())
            elif line.startswith(("Collecting ", "Requirement already satisfied")):
                found += 1
                share = found / max(1, pinned)
                progress.show(f"{folder}: downloading {found} of {pinned} packages{estimate(share, started)}")
            elif line.startswith("Installing collected packages"):
                _show_unpacking(pip, folder, pinned, progress)
    if pip.returncode != 0:
        raise InstallError(messages.not_installed(lock_file, errors[0] if errors else last))
    progress.done(f"{folder}: {pinned} packages installed")


def check_space(folder: Path) -> None:
    """Raises InstallError where the disk of `folder` has too little space left."""
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise InstallError(messages.no_space(_NEEDED_BYTES, free, folder.resolve()))


def _create(folder: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        if "ensurepip" in made.stdout + made.stderr:
            raise InstallError(messages.NO_VENV)
        lines = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        raise InstallError(messages.no_environment(folder, lines[-1]))


def _show_unpacking(pip: subprocess.Popen[str], folder: Path, pinned: int, progress: Progress) -> None:
    """Progress of pip's silent phase, by the packages that have appeared."""
    while pip.poll() is None:
        there = sum(1 for _ in folder.glob("lib/python*/site-packages/*.dist-info"))
        progress.show(f"{folder}: unpacking {min(there, pinned)} of {pinned} packages")
        time.sleep(_POLL_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.install", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("lock_file", type=Path)
    arguments = parser.parse_args()
    progress = Progress()
    try:
        install(arguments.folder, arguments.lock_file, progress)
    except (InstallError, OSError) as error:
        progress.close()
        sys.exit(f"error: {inert(str(error))}")
    except KeyboardInterrupt:
        progress.close()
        sys.exit(130)


if __name__ == "__main__":
    main()
