"""How long something that must wait stays in its queue: growing, capped and jittered, so that a flood spreads
out.
"""

from __future__ import annotations

import math
import random

FIRST_SECONDS = 2
LONGEST_SECONDS = 120


def delay_seconds(tries: int, first: int = FIRST_SECONDS, longest: int = LONGEST_SECONDS) -> int:
    """Seconds to wait after the `tries`-th refusal (from 0): between half and all of a doubling, capped time.

    SQS takes at most 900 s.
    """
    full = min(longest, first * 2 ** min(tries, 16))
    return random.randint(math.ceil(full / 2), full)  # noqa: S311 - spreads load, keeps no secret
