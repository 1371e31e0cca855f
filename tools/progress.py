"""Progress on standard error: one line rewritten on a terminal, plain lines elsewhere; safe to print."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from tools.inert import inert

_PLAIN_SECONDS = 5.0
"""At most one plain line of a stage in this time."""
_ESTIMATED_SHARE = 0.1
_ESTIMATED_SECONDS = 3.0
"""An estimate from less than these is only noise."""


def estimate(share: float, started: float) -> str:
    """The time left when `share` (0 to 1) is done since `started` (`time.monotonic()`), as text to append."""
    elapsed = time.monotonic() - started
    if share < _ESTIMATED_SHARE or elapsed < _ESTIMATED_SECONDS:
        return ""
    left = elapsed / share * (1 - share)
    return f", about {left / 60:.0f} min left" if left >= 90 else f", about {left:.0f} s left"


class Progress:
    """Shows the current stage; without a terminal, at most one line every few seconds for the same stage."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._started = time.monotonic()
        self._last = ""
        self._last_stage = ""
        self._last_at = 0.0

    def show(self, text: str) -> None:
        """Show the current work. The words before a colon are the stage: a new stage is always shown."""
        now, text = time.monotonic(), inert(text)
        if self._live:
            # A line longer than the terminal would not be rewritten but repeated.
            line = f"{self._clock(now)}  {text}"[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"\r\033[K{line}")
            self._stream.flush()
            self._last = text
            return
        stage = text.partition(":")[0]
        if text == self._last or (stage == self._last_stage and now - self._last_at < _PLAIN_SECONDS):
            return
        self._last, self._last_stage, self._last_at = text, stage, now
        print(f"{self._clock(now)}  {text}", file=self._stream, flush=True)

    def done(self, text: str) -> None:
        """Show that a stage is over; the line stays."""
        now, text = time.monotonic(), inert(text)
        start = "\r\033[K" if self._live else ""
        print(f"{start}{self._clock(now)}  {text}", file=self._stream, flush=True)
        self._last = self._last_stage = ""

    def close(self) -> None:
        """Clear an unfinished line, before something else is printed."""
        if self._live and self._last:
            self._stream.write("\r\033[K")
            self._stream.flush()
            self._last = ""

    def _clock(self, now: float) -> str:
        seconds = int(now - self._started)
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
