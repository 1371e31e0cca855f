"""Cloud assemblies kept for the next time: the same sources and context synthesize to the same assembly."""

import fcntl
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

_KEPT_SECONDS = 24 * 3600
# Everything that decides what `app.py` writes, beside the context.
_SOURCES = ("app.py", "cdk.json", "requirements.txt", "infra", "lambdas")


def kept(folder: Path, context: str, synthesize: Callable[[Path], None]) -> Path:
    """Fill `folder` with the assembly of the present sources under `context`, made by `synthesize` if new.

    Processes that need the same one wait for the first to make it.
    """
    store = cache() / "assemblies"
    store.mkdir(parents=True, exist_ok=True)
    assembly = store / _key(context)
    with open(store / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _forget_old(store)
        if not assembly.exists():
            with tempfile.TemporaryDirectory(dir=store, prefix=".new-") as new:
                synthesize(Path(new) / "assembly")
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


def _forget_old(store: Path) -> None:
    for folder in store.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
