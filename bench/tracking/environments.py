"""The bench's own virtual environments, so that the product's stays without the compared libraries."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


def python_of(requirements: str) -> Path:
    """The interpreter of an environment with these requirements (a file beside this one), made if missing.

    Raises:
        subprocess.CalledProcessError: it could not be made.
    """
    source = _HERE / requirements
    folder = _ROOT / ".local" / f"bench-{source.stem}"
    python = folder / "bin" / "python"
    stamp = folder / ".installed"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"Setting up {folder.relative_to(_ROOT)} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, stdout=sys.stderr)
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([str(python), *install, "-r", str(source)], check=True, stdout=sys.stderr)
        stamp.write_text(digest)
    return python
