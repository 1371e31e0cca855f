"""Turns to detect, given over all jobs of the account: one item of the jobs table, `PK` = `TURNS`.

It holds `Shares`, a map from job id to `{Use, Functions, Since, Until}`, and `Version`, which every write
raises by one and makes a condition. So it changes as a whole and by one caller at a time; the rules are those
of `jobs.shares`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.jobs.model import TableBusyError
from engine.jobs.shares import LEASE_SECONDS, READING_SECONDS, Budget, Share, Shares, Use

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_KEY = {"PK": "TURNS"}

_ATTEMPTS = 14
"""Five seconds of backoff in the mean."""

_FIRST_DELAY_SECONDS = 0.02
_LONGEST_DELAY_SECONDS = 1.0


class DetectionTurns:
    """The only code that reads or writes the item. Methods raise TableBusyError where writes kept meeting."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock
        self._noted: tuple[str, float] = ("", 0.0)

    def ask(self, job_id: str, functions: int, budget: Budget) -> int:
        """Gives the job its turn to detect with so many functions, or says in how many seconds to ask again.

        Returns 0 for a turn, also where the job has it already.
        """
        answer = 0

        def change(shares: Shares, now: int) -> Shares:
            nonlocal answer
            answer = 0
            if shares.detects(job_id):
                return shares.detecting(job_id, shares.of[job_id].functions, now)
            shares = shares.waiting(job_id, functions, now)
            if job_id in shares.of and shares.may_detect(job_id, budget):
                return shares.detecting(job_id, functions, now)
            answer = shares.wait_seconds(job_id, now)
            return shares

        self._change(change)
        return answer

    def keep(self, job_id: str, segments_left: int) -> None:
        """A segment is done: the job keeps its turn, with no more functions than there are segments left.

        Writes only now and then. Does nothing for a job without a turn.
        """

        def change(shares: Shares, now: int) -> Shares:
            share = shares.of.get(job_id)
            if share is None or share.use is not Use.DETECTING:
                return shares
            left = max(1, segments_left)
            idle = share.functions - left
            due = share.until - now < LEASE_SECONDS * 1000 // 2
            if due or idle >= max(1, share.functions // 4):
                return shares.detecting(job_id, min(share.functions, left), now)
            return shares

        self._change(change, consistent=False)

    def ended(self, job_id: str, *, read: bool) -> None:
        """Gives the job's turn back. `read`: it has results, which its caller is about to read."""
        if read:
            self._change(lambda shares, now: shares.reading(job_id, now))
        else:
            self._change(lambda shares, _: shares.without([job_id]))

    def page_read(self, job_id: str, *, last: bool) -> None:
        """The job is being read, or has been. Writes once in a while, and not where too many others write."""
        now = self._clock()
        with suppress(TableBusyError):
            if last:
                self._change(lambda shares, _: shares.without([job_id]), consistent=False)
            elif self._noted[0] != job_id or now - self._noted[1] > READING_SECONDS / 3:
                self._noted = (job_id, now)
                self._change(lambda shares, moment: shares.reading(job_id, moment))

    def _change(self, change: Callable[[Shares, int], Shares], *, consistent: bool = True) -> None:
        """Applies `change` to what is there; `consistent` False where there is mostly nothing to change."""
        for attempt in range(_ATTEMPTS):
            item: dict[str, Any] = self._table.get_item(
                Key=_KEY, ConsistentRead=consistent or attempt > 0
            ).get("Item", {})
            now = int(self._clock() * 1000)
            before = _shares(item)
            after = change(before.unexpired(now), now)
            if after.of == before.of or self._write(after, int(item.get("Version", 0))):
                return
            longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2**attempt)
            time.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret
        raise TableBusyError

    def _write(self, shares: Shares, version: int) -> bool:
        """False where another was faster."""
        try:
            self._table.update_item(
                Key=_KEY,
                UpdateExpression="SET Shares = :shares, Version = :next",
                ConditionExpression="Version = :version" if version else "attribute_not_exists(Version)",
                ExpressionAttributeValues={
                    ":shares": {job_id: _values(share) for job_id, share in shares.of.items()},
                    ":next": version + 1,
                    **({":version": version} if version else {}),
                },
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _shares(item: dict[str, Any]) -> Shares:
    return Shares(
        {
            job_id: Share(
                Use(values["Use"]), int(values["Functions"]), int(values["Since"]), int(values["Until"])
            )
            for job_id, values in item.get("Shares", {}).items()
        }
    )


def _values(share: Share) -> dict[str, Any]:
    return {"Use": share.use.value, "Functions": share.functions, "Since": share.since, "Until": share.until}
