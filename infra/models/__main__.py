"""`python -m infra.models`: prepares the models and prints their folder."""

from __future__ import annotations

import sys
import time

from infra.errors import ModelError
from infra.models import prepared

_SECONDS_BETWEEN_LINES = 5.0


class _Lines:
    """Prints progress on standard error: each stage once, and again at most every few seconds."""

    def __init__(self) -> None:
        self._stage, self._printed_at = "", 0.0

    def show(self, line: str) -> None:
        stage, now = line.partition(":")[0], time.monotonic()
        if stage != self._stage or now - self._printed_at >= _SECONDS_BETWEEN_LINES:
            self._stage, self._printed_at = stage, now
            print(line, file=sys.stderr, flush=True)


def main() -> int:
    try:
        print(prepared(_Lines().show))
    except ModelError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
