"""How long an object that replaces another may still be kept: a tag that rules of the results bucket know.

S3 counts the days of a lifecycle rule from when an object was written. What is written anew must not begin
anew, so it carries the days that were left, and a rule for each number of days expires it with its video.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime
from typing import TypedDict

from pipeline.runtime.clock import epoch, expiry

TAG = "days-left"
"""The tag's name; its value is one of `DAYS`."""

DAYS = (*range(1, 100), *range(100, 3650, 10))
"""Every day at first, then every tenth: S3 allows 1,000 rules, and `retention_days` 3,650 days."""


def days_left(retention_days: int, submitted_at: str, now: float) -> int:
    """Days that are left, at `now`, to a video submitted then (ISO); below 1 none is.

    S3 deletes at the midnight (UTC) that follows the last day, so dates are counted. `now` in epoch seconds.
    """
    due = _date(expiry(retention_days, epoch(submitted_at)))
    return (due - _date(now)).days


class Kept(TypedDict, total=False):
    """Arguments of `put_object` that say how long the object is kept; without them, as long as any other."""

    Tagging: str


def kept_for(days: int) -> Kept:
    """For the longest of `DAYS` that is not longer than `days`, 1 or more."""
    return {"Tagging": f"{TAG}={DAYS[bisect_right(DAYS, days) - 1]}"}


def _date(seconds: float) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
