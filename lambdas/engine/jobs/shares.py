"""Who has what of the functions that may run at once: the rules, on plain values.

A job waits for its turn, detects with some functions, and is read when it is over. Reading comes first:
detection gets what it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

LEASE_SECONDS = 30 * 60
"""How long a share to detect lasts unless it is renewed: twice as long as one segment may take."""

READING_SECONDS = 60
"""How long functions are kept free for the reader of a job after its end, and after each page of it."""

READER_FUNCTIONS = 2
"""Of one reader: its own, and the API function that answers it."""

MOST_WAITING = 50
"""Jobs that stand in line. Those beyond ask again later, so that the item stays small."""

_MISSED_WAITS = 3
"""A waiting job that has not asked again after so many of its waits has ended."""

_FIRST_WAIT_SECONDS = 4
_PLACE_SECONDS = 2
_WAITED_PART = 0.005
_LONGEST_WAIT_SECONDS = 60


class Use(StrEnum):
    WAITING = "WAITING"
    DETECTING = "DETECTING"
    READING = "READING"


@dataclass(frozen=True)
class Share:
    """Of one job. `functions`: wanted while it waits, else held. Times are epoch milliseconds."""

    use: Use
    functions: int
    since: int
    until: int


@dataclass(frozen=True)
class Budget:
    """`functions` for detecting and reading together, of which reading keeps at most `reading` free."""

    functions: int
    reading: int


@dataclass(frozen=True)
class Shares:
    """The shares by job id. Each method returns new shares."""

    of: Mapping[str, Share]

    def unexpired(self, now: int) -> Shares:
        """Without those whose time is over: a job that ended without giving its share back loses it."""
        return Shares({job_id: share for job_id, share in self.of.items() if share.until > now})

    def using(self, use: Use) -> dict[str, Share]:
        return {job_id: share for job_id, share in self.of.items() if share.use is use}

    def without(self, job_ids: Iterable[str]) -> Shares:
        gone = set(job_ids)
        return Shares({job_id: share for job_id, share in self.of.items() if job_id not in gone})

    def detects(self, job_id: str) -> bool:
        return job_id in self.using(Use.DETECTING)

    def may_detect(self, job_id: str, budget: Budget) -> bool:
        """Whether a waiting job's turn has come: what it asks for is free, or half of it.

        The other half comes free while it begins: whoever has the rest is at its last segments. It leaves as
        much to a job that came before and asks for more, which else waits for ever. One job always detects,
        whatever is read.
        """
        own = self.of[job_id]
        before = max((share.functions for share in self._before(job_id)), default=0)
        detecting = sum(share.functions for share in self.using(Use.DETECTING).values())
        if not detecting:
            return True
        reading = sum(share.functions for share in self.using(Use.READING).values())
        free = budget.functions - detecting - min(budget.reading, reading)
        if before > own.functions:
            free -= _half(before)
        return free >= _half(own.functions)

    def wait_seconds(self, job_id: str, now: int) -> int:
        """How long a waiting job waits until it asks again.

        The longer, the more came before it; and the longer it has waited, since an execution's history ends
        at 25,000 events, nine of them each time.
        """
        if job_id not in self.of:
            return _LONGEST_WAIT_SECONDS
        by_place = _FIRST_WAIT_SECONDS + _PLACE_SECONDS * len(self._before(job_id))
        waited = (now - self.of[job_id].since) / 1000
        return min(_LONGEST_WAIT_SECONDS, max(by_place, int(waited * _WAITED_PART)))

    def waiting(self, job_id: str, functions: int, now: int) -> Shares:
        """With the job in line, in its old place if it has one; unchanged where the line is full."""
        old = self.of.get(job_id)
        since = old.since if old and old.use is Use.WAITING else now
        others = self.without([job_id])
        if old is None and len(self.using(Use.WAITING)) >= MOST_WAITING:
            return self
        until = now + _MISSED_WAITS * _LONGEST_WAIT_SECONDS * 1000
        return others._with(job_id, Share(Use.WAITING, functions, since, until))

    def detecting(self, job_id: str, functions: int, now: int) -> Shares:
        old = self.of.get(job_id)
        since = old.since if old else now
        return self._with(job_id, Share(Use.DETECTING, functions, since, now + LEASE_SECONDS * 1000))

    def reading(self, job_id: str, now: int) -> Shares:
        return self._with(job_id, Share(Use.READING, READER_FUNCTIONS, now, now + READING_SECONDS * 1000))

    def _with(self, job_id: str, share: Share) -> Shares:
        return Shares({**self.of, job_id: share})

    def _before(self, job_id: str) -> list[Share]:
        """Those in line before the job."""
        own = (self.of[job_id].since, job_id)
        return [share for other, share in self.using(Use.WAITING).items() if (share.since, other) < own]


def _half(functions: int) -> int:
    return -(-functions // 2)
