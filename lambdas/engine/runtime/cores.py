"""The number of processor cores this process may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Cores this process may run on; at least 1."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
