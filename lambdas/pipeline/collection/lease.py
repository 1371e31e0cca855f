"""The lease on a video: one invocation at a time collects it. One that takes over makes the invocation before
stop at its next write.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pipeline import messages
from pipeline.errors import LeaseLostError
from pipeline.runtime.clock import iso
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.video_record import COLLECTING, FAILED, SUCCEEDED, VideoRecord
from pipeline.storage.video_records import Condition, VideoRecords, status_values

_LEASE = ("LeaseOwner", "LeaseUntil")


class Lease:
    """The right to collect one video's tracks, and the changes of its record that go with it.

    Attributes:
        record: as it was when the lease was taken.
        follows_lost_invocation: the invocation before ended without releasing its lease, but had got further.
    """

    def __init__(
        self, records: VideoRecords, record: VideoRecord, *, follows_lost_invocation: bool = False
    ) -> None:
        self.record = record
        self.follows_lost_invocation = follows_lost_invocation
        self._records = records
        self._saved = record.checkpoint

    @property
    def got_further(self) -> bool:
        """Whether more people are recorded as written than when the lease was taken."""
        return self._saved.people > self.record.checkpoint.people

    def save(self, checkpoint: Checkpoint, *, release: bool = False) -> None:
        """Record how far the collection has come; `release` lets the next message go on at once."""
        now = iso()
        # A collection that gets further is not stuck: earlier repairs have helped.
        advanced = checkpoint.people > self._saved.people or (checkpoint.read and not self._saved.read)
        self._update(
            {
                "Checkpoint": checkpoint.as_values(),
                "PeopleCount": checkpoint.people,
                "RecordCount": checkpoint.records,
                "UpdatedAt": now,
                "GSI1SK": now,
            },
            remove=(*(_LEASE if release else ()), *(("Repairs",) if advanced else ())),
        )
        self._saved = checkpoint

    def succeed(self, values: Mapping[str, Any]) -> None:
        """Everything is written: the video is ready, even if it was announced as failed meanwhile."""
        now = iso()
        over = (*_LEASE, "Checkpoint", "StatusMessage", "Resumable", "Repairs", "AnnouncedAt")
        self._update(
            {**values, "CompletedAt": now, **status_values(SUCCEEDED, now)},
            remove=tuple(name for name in over if name not in values),
        )

    def remember_answers(self, keys: tuple[str, ...]) -> None:
        """Record which objects answers may be under, before they are written."""
        self._update({"AnswersKeys": list(keys)}, remove=())

    def release(self) -> None:
        """Give the lease back without having got further, so that another delivery need not wait."""
        self._update({"UpdatedAt": iso()}, remove=_LEASE)

    def _update(self, values: Mapping[str, Any], remove: tuple[str, ...]) -> None:
        video_id = self.record.video.id
        held = Condition(
            "Attempt = :attempt AND LeaseEpoch = :epoch",
            {":attempt": self.record.attempt, ":epoch": self.record.epoch},
        )
        if not self._records.update(video_id, values, held, remove):
            raise LeaseLostError(messages.LEASE_LOST.format(video_id=video_id))


def take_lease(records: VideoRecords, record: VideoRecord, owner: str, seconds: float) -> Lease | None:
    """Take the lease on the record's job for `seconds`, or None while another message's invocation has it.

    `owner` is the id of the message that asks: asked by the same message again, its last invocation has
    ended.
    """
    now = time.time()
    free = Condition(
        "Attempt = :attempt AND JobId = :job AND #Status <> :succeeded AND "
        "(attribute_not_exists(LeaseEpoch) OR LeaseEpoch = :epoch) AND "
        "(attribute_not_exists(LeaseOwner) OR LeaseOwner = :owner OR LeaseUntil < :now)",
        {
            ":attempt": record.attempt,
            ":job": record.job_id,
            ":succeeded": SUCCEEDED,
            ":epoch": record.epoch,
            ":owner": owner,
            ":now": now,
        },
    )
    values = {
        **status_values(COLLECTING, iso(now)),
        "LeaseOwner": owner,
        "LeaseUntil": now + seconds,
        "LeaseEpoch": record.epoch + 1,
        "LeaseFrom": record.checkpoint.people,
    }
    # A given-up video whose message was sent again: its repairs are counted from none again.
    repairs = ("Repairs",) if record.status == FAILED else ()
    if not records.update(
        record.video.id, values, free, remove=("AnnouncedAt", "CompletedAt", "Resumable", *repairs)
    ):
        return None
    taken = records.get(record.video.id)
    if taken is None or taken.epoch != record.epoch + 1:
        return None
    got_further = record.lease_owner == owner and record.checkpoint.people > record.lease_from
    return Lease(records, taken, follows_lost_invocation=got_further)
