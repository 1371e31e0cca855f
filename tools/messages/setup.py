"""What could not be installed or downloaded."""

from __future__ import annotations

from pathlib import Path

NO_VENV = "Python's venv module is incomplete. On Debian and Ubuntu, run: apt-get install python3-venv"

_OWN_VIDEO = "Use a video of your own instead: make demo VIDEO=path"

NO_APT = f"The demo clip is downloaded with apt, which this machine does not have. {_OWN_VIDEO}"


def not_installed(lock_file: Path, reason: str) -> str:
    return f"pip could not install {lock_file}: {reason}"


def no_space(needed_bytes: float, free_bytes: float, folder: Path) -> str:
    return (
        f"Not enough disk space: {needed_bytes / 1e9:.1f} GB are needed, {free_bytes / 1e9:.1f} GB are free "
        f"in {folder}. Free some and run the command again."
    )


def no_environment(folder: Path, reason: str) -> str:
    return f"The virtual environment {folder} could not be created: {reason}"


def clip_not_downloaded(package: str, reason: str) -> str:
    return f"Debian's {package} could not be downloaded ({reason}). {_OWN_VIDEO}"


def clip_not_unpacked(package: str, reason: str) -> str:
    return f"Debian's {package} could not be unpacked ({reason}). {_OWN_VIDEO}"


def clip_missing(package: str) -> str:
    return f"Debian's {package} no longer contains the clip. {_OWN_VIDEO}"


def another_clip(package: str) -> str:
    return f"The clip in Debian's {package} is not the expected one. {_OWN_VIDEO}"
