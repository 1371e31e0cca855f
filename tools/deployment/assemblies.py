"""A cache of cloud assemblies: the same sources and context synthesize to the same assembly."""

import fcntl
import filecmp
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.clip import cache
from tools.embedded.embedded_aws import ROOT

_KEPT_SECONDS = 3600
"""The newest assembly is kept; older ones this long, for other processes that alternate between contexts."""
_SOURCES = ("app.py", "cdk.json", "requirements.txt", "infra", "lambdas")
"""Everything that determines what `app.py` writes, beside the context."""


def kept(folder: Path, context: str, synthesize: Callable[[Path], None]) -> Path:
    """Fill `folder` with the assembly of the present sources under `context`, made by `synthesize` if new.

    Processes that need the same one wait for the first to make it.
    """
    store = cache() / "assemblies"
    store.mkdir(parents=True, exist_ok=True)
    assembly = store / _key(context)
    with open(store / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _prune(store, assembly)
        if not assembly.exists():
            with tempfile.TemporaryDirectory(dir=store, prefix=".new-") as new:
                synthesize(Path(new) / "assembly")
                _share_packages(Path(new) / "assembly")
                (Path(new) / "assembly").rename(assembly)
        os.utime(assembly)
        shutil.copytree(assembly, folder, copy_function=_link_or_copy)
    return folder


def _key(context: str) -> str:
    digest = hashlib.sha256(f"{sys.version} {sys.platform} {context}".encode())
    for name in _SOURCES:
        source = ROOT / name
        files = source.rglob("*") if source.is_dir() else [source]
        for file in sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts):
            digest.update(
                f"{file.relative_to(ROOT)} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode()
            )
    return digest.hexdigest()


def _share_packages(assembly: Path) -> None:
    """Replace the assembly's copies of Lambda packages with links to the cached ones: 90 MB less on disk."""
    packages = list((cache() / "assets").glob("*.zip"))
    for asset in assembly.glob("asset.*.zip"):
        for package in packages:
            if _same(package, asset):
                asset.unlink()
                _link_or_copy(str(package), str(asset))
                break


def _same(package: Path, asset: Path) -> bool:
    try:
        return filecmp.cmp(package, asset, shallow=False)
    except FileNotFoundError:  # another process pruned it
        return False


def _prune(store: Path, needed: Path) -> None:
    for folder in store.iterdir():
        if folder.is_dir() and folder != needed and folder.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
