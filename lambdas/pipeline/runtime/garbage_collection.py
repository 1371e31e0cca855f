"""Python's search for reference cycles, made rare where millions of small objects without cycles go by."""

from __future__ import annotations

import gc

_OBJECTS = 100_000
"""Objects made until the next search: a dozen pages of records, some 20 MB."""


def search_rarely() -> None:
    """For a process that handles records: the searches would take two fifths of its time.

    What has been loaded so far is not searched any more.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
