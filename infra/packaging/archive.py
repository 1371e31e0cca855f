"""Zips whose bytes depend on their content alone: sorted, one date, one set of permissions."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def add_files(archive: zipfile.ZipFile, files: Iterable[tuple[PurePosixPath, Path]]) -> None:
    """Add `(name in the zip, file)` pairs, sorted by name.

    Model weights are stored as they are: they hardly shrink, and deflating them makes a rebuild slow.
    """
    for name, file in sorted(files):
        entry = zipfile.ZipInfo(str(name), _DATE)
        entry.create_system = _UNIX
        # Lambda runs as a user of its own: everything must be readable by all.
        entry.external_attr = (0o100755 if ".so" in name.suffixes else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_STORED if name.suffix == ".onnx" else zipfile.ZIP_DEFLATED
        archive.writestr(entry, file.read_bytes())
