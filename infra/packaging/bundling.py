"""Lambda packages without Docker: dependencies installed by pip, sources appended, one deterministic zip.

The slow part, the dependencies, is a zip of its own, cached by what goes into it; a package is a copy of it
with the sources (and, for the engine, the models) appended, so that a source change costs about a second.
Everything is in `${PEOPLE_PATHING_CACHE:-~/.cache/people-pathing}/assets`. Several builds may run at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from infra import messages, models
from infra.errors import BundlingError
from infra.packaging import archive, encoders, shared_library, stand_in, trimming
from infra.packaging.platforms import Platform

PackageName = Literal["pipeline", "engine"]

_LAMBDAS = Path(__file__).resolve().parents[2] / "lambdas"
_SHARED = "shared"
"""In every package, beside its own sources."""
_RULES = (archive, encoders, shared_library, stand_in, trimming)
"""What decides, beside the requirements and the platform, what is in a layer."""
_PACKAGE_KEPT_SECONDS = 600
"""A superseded package may still be in use, and is built again within a second."""
_LAYER_KEPT_SECONDS = 24 * 3600
"""A superseded layer is built again within a minute or two."""
_PROGRESS_SECONDS = 2.0


@dataclass(frozen=True)
class Package:
    """A Lambda package: the zip, and the digest of what went into it (64 hex digits)."""

    path: Path
    digest: str


def build(name: PackageName, platform: Platform) -> Package:
    """The package `name` for `platform`, from the cache where nothing changed.

    Raises BundlingError when pip cannot install the pinned requirements, and the errors of `models.prepared`.
    """
    layer = _dependency_layer(name, platform)
    files = list(_sources(name))
    if name == "engine":
        files += _models()
    digest = _digest(layer.stem.encode(), *(part for pair in sorted(files) for part in _named_content(*pair)))
    package = _cache() / f"{name}-{digest[:32]}.zip"

    def append(partial: Path) -> None:
        shutil.copyfile(layer, partial)
        with zipfile.ZipFile(partial, "a") as zipped:
            archive.add_files(zipped, files)

    _build_once(package, append)
    _prune(f"{name}-*.zip", _PACKAGE_KEPT_SECONDS)
    _prune(f".*{name}-*", _PACKAGE_KEPT_SECONDS)  # left half-made by a process that was killed
    return Package(package, digest)


def _dependency_layer(name: PackageName, platform: Platform) -> Path:
    requirements = _LAMBDAS / name / "requirements.txt"
    rules = [Path(str(module.__file__)).read_bytes() for module in _RULES]
    key = _digest(requirements.read_bytes(), "\n".join(platform.pip_options).encode(), *rules)
    layer = _cache() / f"layer-{name}-{platform.name}-{key[:32]}.zip"

    def install(partial: Path) -> None:
        _report(f"Packaging the {name}'s dependencies for {platform.name} …")
        with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
            _pip_install(name, platform, Path(folder))
            encoders.replace_encoders(Path(folder))
            with zipfile.ZipFile(partial, "w") as zipped:
                archive.add_files(zipped, _kept(Path(folder)))

    _build_once(layer, install)
    _prune(f"layer-{name}-{platform.name}-*.zip", _LAYER_KEPT_SECONDS)
    return layer


def _pip_install(name: PackageName, platform: Platform, folder: Path) -> None:
    requirements = _LAMBDAS / name / "requirements.txt"
    pinned = len(re.findall(r"^[A-Za-z0-9_.-]+==", requirements.read_text(), re.MULTILINE))
    command = [
        *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
        *("--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:", *platform.pip_options),
        *("--progress-bar", "off"),
        *("--target", str(folder), "--requirement", str(requirements)),
    ]
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace") as pip,
    ):
        assert pip.stdout is not None
        found, reported_at = 0, time.monotonic()
        for line in pip.stdout:
            found += line.startswith("Collecting ")
            if time.monotonic() - reported_at >= _PROGRESS_SECONDS:
                reported_at = time.monotonic()
                _report(f"Packaging the {name}'s dependencies: {found} of {pinned} …")
        if pip.wait() == 0:
            return
        errors.seek(0)
        lines = errors.read().strip().splitlines() or ["it gave no reason."]
    reason = next((line for line in lines if line.startswith("ERROR")), lines[-1])
    raise BundlingError(messages.not_packaged(requirements.name, platform.name, reason))


def _kept(folder: Path) -> Iterator[tuple[PurePosixPath, Path]]:
    for file in folder.rglob("*"):
        name = PurePosixPath(file.relative_to(folder))
        if file.is_file() and trimming.keeps(name):
            yield name, file


def _sources(name: PackageName) -> Iterator[tuple[PurePosixPath, Path]]:
    for package in (_LAMBDAS / name, _LAMBDAS / _SHARED):
        for file in package.rglob("*"):
            inside = file.relative_to(package)
            hidden = any(part.startswith(".") or part in {"__pycache__", "models"} for part in inside.parts)
            if file.is_file() and not hidden and not file.name.startswith("requirements."):
                yield PurePosixPath(package.name, inside), file


def _models() -> Iterator[tuple[PurePosixPath, Path]]:
    for file in models.prepared(_report).glob("*.onnx"):
        yield PurePosixPath("engine", "models", file.name), file


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _named_content(name: PurePosixPath, file: Path) -> tuple[bytes, bytes]:
    return str(name).encode(), file.read_bytes()


def _digest(*parts: bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _cache() -> Path:
    root = os.environ.get("PEOPLE_PATHING_CACHE") or Path.home() / ".cache" / "people-pathing"
    folder = Path(root) / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _build_once(target: Path, make: Callable[[Path], None]) -> None:
    """Make `target` unless it is there. A second process waits for the first; none sees half a file."""
    with _locked(target.with_suffix(".lock")):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.stem}-") as folder:
                partial = Path(folder) / target.name
                make(partial)
                partial.replace(target)
        os.utime(target)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prune(pattern: str, seconds: float) -> None:
    """Remove what matches `pattern` and was not used for `seconds`, with its lock."""
    for file in _old(_cache().glob(pattern), time.time() - seconds):
        if file.is_dir():
            shutil.rmtree(file, ignore_errors=True)
            continue
        file.unlink(missing_ok=True)
        file.with_suffix(".lock").unlink(missing_ok=True)


def _old(files: Iterable[Path], before: float) -> Iterator[Path]:
    for file in files:
        try:
            if file.stat().st_mtime < before:
                yield file
        except FileNotFoundError:  # another process pruned it
            continue


def _main(platforms: list[str]) -> None:
    """`python -m infra.packaging.bundling [host|x86_64|arm64 …]`: build the packages ahead of their use."""
    for platform in platforms or ["host"]:
        for name in get_args(PackageName):
            package = build(name, Platform.of_host() if platform == "host" else Platform.on_aws(platform))
            with zipfile.ZipFile(package.path) as zipped:
                unzipped = sum(entry.file_size for entry in zipped.infolist())
            megabytes = package.path.stat().st_size / 1e6
            print(f"{name} for {platform}: {megabytes:.0f} MB zipped, {unzipped / 1e6:.0f} MB unzipped")


if __name__ == "__main__":
    _main(sys.argv[1:])
