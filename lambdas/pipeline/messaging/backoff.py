"""Backoff: how long a message waits in its queue before it is delivered again."""

from __future__ import annotations

import math
import random

FIRST_SECONDS = 2
"""Longest first wait."""

LONGEST_SECONDS = 120
"""Longest wait of all; SQS delays a message by at most 900 s."""


def delay_seconds(tries: int, first: int = FIRST_SECONDS, longest: int = LONGEST_SECONDS) -> int:
    """Seconds to wait after the `tries`-th refusal, counted from 0.

    Doubles up to `longest` and is jittered between half and all of that, so that a flood spreads out.
    """
    full = min(longest, first * 2 ** min(tries, 16))
    return random.randint(math.ceil(full / 2), full)  # noqa: S311 - spreads load, keeps no secret
