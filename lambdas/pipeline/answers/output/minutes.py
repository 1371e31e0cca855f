"""The busiest minute of each zone, and how many were in it over the video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.answers.person import Visit
from pipeline.answers.video import Occupancy

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class BusiestMinute:
    """The minute in which most paths were in a zone.

    Attributes:
        begin_ms: since the start of the video; below 0 where the minute began before the video did.
        paths: how many were in the zone in it, one after another or at once.
    """

    begin_ms: int
    paths: int


def busiest_minute(visits: Iterable[Visit], into_ms: int = 0) -> BusiestMinute | None:
    """Of a zone's visits; of minutes with as many paths the one of most dwell, then the first.

    Args:
        visits: of one zone.
        into_ms: how far into a minute of the clock the video began, 0 to 59,999; 0 counts minutes from its
            start.

    Returns:
        None where nobody was in the zone.
    """
    paths: dict[int, set[int]] = defaultdict(set)
    dwell: dict[int, int] = defaultdict(int)
    for visit in visits:
        begin, end = visit.enter_ms + into_ms, visit.leave_ms + into_ms
        for minute in range(begin // _MINUTE_MS, (end - 1) // _MINUTE_MS + 1):
            paths[minute].add(visit.person)
            dwell[minute] += min(end, (minute + 1) * _MINUTE_MS) - max(begin, minute * _MINUTE_MS)
    if not paths:
        return None
    best = min(paths, key=lambda minute: (-len(paths[minute]), -dwell[minute], minute))
    return BusiestMinute(best * _MINUTE_MS - into_ms, len(paths[best]))


def most_in_each_part(steps: Sequence[Occupancy], duration_ms: int, parts: int) -> list[int]:
    """Most people at once in each of so many equal parts of the video.

    Args:
        steps: of one zone, in order: the first at 0 ms, one for each change.
        duration_ms: of the video.
        parts: 1 or more.
    """
    most = [0] * parts
    ends = [step.at_ms for step in steps[1:]] + [duration_ms]
    for step, end in zip(steps, ends, strict=True):
        first = min(parts - 1, step.at_ms * parts // duration_ms)
        last = max(first, min(parts, -(-end * parts // duration_ms)) - 1)
        for part in range(first, last + 1):
            most[part] = max(most[part], step.people)
    return most
