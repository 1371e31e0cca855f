"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tools.errors import ToolError
from tools.messages import files as messages


def check_place(out: Path) -> None:
    """Raises ToolError where `out` cannot become a file: better now than after the work it is to hold."""
    if out.is_dir():
        raise ToolError(messages.is_a_folder(out))
    if not out.parent.is_dir():
        raise ToolError(messages.no_folder(out.parent))
    if not os.access(out.parent, os.W_OK):
        raise ToolError(messages.not_writable(out.parent))


@contextlib.contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A file to write to that takes the name `out` when all is written."""
    descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=".unfinished-")
    os.close(descriptor)
    try:
        yield Path(name)
        os.chmod(name, 0o644)
        os.replace(name, out)
    except BaseException:
        os.unlink(name)
        raise
