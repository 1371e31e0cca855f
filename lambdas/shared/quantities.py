"""Durations, times and counts as text, the same everywhere users read them.

`pipeline/report/js/quantities.js` gives the same texts in browsers.
"""

from __future__ import annotations

from math import floor


def duration(ms: float) -> str:
    """How long something lasts, to the nearest: ``8.4 s``, from a minute ``1:15``, from an hour ``1:02:03``.

    Args:
        ms: milliseconds, 0 or more.
    """
    whole = floor(ms + 0.5)
    tenths = (whole + 50) // 100
    return f"{tenths // 10}.{tenths % 10} s" if tenths < 600 else _digits((whole + 500) // 1000)


def clock(ms: float) -> str:
    """A time in a video, as players show it: ``0:08``, ``1:02:03``. The last full second, not the nearest.

    Args:
        ms: milliseconds since the video's first frame, 0 or more.
    """
    return _digits(floor(ms / 1000))


def count(number: int, one: str, many: str) -> str:
    """A number of things: ``1 person``, ``2 people``."""
    return f"{number} {one if number == 1 else many}"


def _digits(seconds: int) -> str:
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
