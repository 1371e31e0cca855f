"""Encoders under the GPL that PyAV's wheel bundles, replaced: nothing encodes with them in Lambda.

FFmpeg's libavcodec names x264 and x265 among the libraries it loads with, and takes some of their functions.
So each is replaced with a library of the same name that has these functions and no code of theirs; to open
such an encoder fails.
"""

from __future__ import annotations

from pathlib import Path

from infra.packaging.shared_library import read_library
from infra.packaging.stand_in import stand_in

_LIBRARIES = ("libx264", "libx265")
_TABLES_OF_FUNCTIONS = "x265_api_get"
"""FFmpeg calls x265 through the structure of pointers that this function, followed by a version, answers."""


def replace_encoders(folder: Path) -> None:
    """Replace x264 and x265 in packages installed in `folder`. Wheels for macOS, which no Lambda runs, stay
    as they are.

    Raises ValueError for a library of a machine that Lambda does not have.
    """
    for bundled in folder.glob("*.libs"):
        replaced = [file for name in _LIBRARIES for file in bundled.glob(f"{name}-*.so.*")]
        if not replaced:
            continue
        users = [read_library(file.read_bytes()) for file in bundled.glob("libav*.so.*")]
        for file in replaced:
            file.write_bytes(stand_in(read_library(file.read_bytes()), users, _TABLES_OF_FUNCTIONS))
