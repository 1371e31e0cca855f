"""Who is collecting a video. One invocation at a time; whoever takes over makes the one before stop at its
next write.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.runtime.clock import iso
from pipeline.storage.checkpoint import Checkpoint
from pipeline.storage.video_record import COLLECTING, FAILED, SUCCEEDED, Meta
from pipeline.storage.video_records import Metas, update_meta

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class LeaseLostError(Exception):
    """Another invocation has taken over this video; nothing more may be written for it here."""


class Lease:
    """The right to collect one video's tracks, and META's changes while one has it.

    `got_further` tells whether more persons are recorded as written than when it was taken. `follows_death`
    tells that the invocation before died without a word, but after getting further.
    """

    def __init__(
        self, client: DynamoDBClient, table: str, meta: Meta, *, follows_death: bool = False
    ) -> None:
        self.follows_death = follows_death
        self._client = client
        self._table = table
        self._saved = meta.checkpoint
        self.meta = meta

    @property
    def got_further(self) -> bool:
        return self._saved.people > self.meta.checkpoint.people

    def save(self, checkpoint: Checkpoint, *, release: bool = False) -> None:
        """Record how far the collection has come; `release` lets the next message go on at once."""
        now = iso()
        # What gets further is not stuck: earlier repairs have helped.
        advanced = checkpoint.people > self._saved.people or (checkpoint.read and not self._saved.read)
        self._update(
            {
                "Checkpoint": checkpoint.as_values(),
                "PeopleCount": checkpoint.people,
                "RecordCount": checkpoint.records,
                "UpdatedAt": now,
                "GSI1SK": now,
            },
            remove=(*(("LeaseOwner", "LeaseUntil") if release else ()), *(("Repairs",) if advanced else ())),
        )
        self._saved = checkpoint

    def succeed(self, values: Mapping[str, Any]) -> None:
        """Everything is written: the video is ready, even if it was announced as failed meanwhile."""
        now = iso()
        self._update(
            {
                **values,
                "Status": SUCCEEDED,
                "CompletedAt": now,
                "UpdatedAt": now,
                "GSI1PK": f"STATUS#{SUCCEEDED}",
                "GSI1SK": now,
            },
            remove=(
                "LeaseOwner",
                "LeaseUntil",
                "Checkpoint",
                "StatusMessage",
                "Resumable",
                "Repairs",
                "AnnouncedAt",
            ),
        )

    def release(self) -> None:
        """Let go without having got further, so that another delivery need not wait for the lease to end."""
        self._update({"UpdatedAt": iso()}, remove=("LeaseOwner", "LeaseUntil"))

    def _update(self, values: Mapping[str, Any], remove: tuple[str, ...]) -> None:
        ours = "Attempt = :attempt AND LeaseEpoch = :epoch"
        fence = {":attempt": self.meta.attempt, ":epoch": self.meta.epoch}
        if not update_meta(self._client, self._table, self.meta.video.id, values, ours, fence, remove):
            raise LeaseLostError(self.meta.video.id)


def take_lease(
    client: DynamoDBClient, table: str, metas: Metas, meta: Meta, owner: str, seconds: float
) -> Lease | None:
    """Take up the collecting of `meta`'s job for `seconds`, or None while another message's invocation has
    it.

    `owner` is the id of the message that asks: the same message again means that its last invocation is dead.
    """
    now = time.time()
    taken = update_meta(
        client,
        table,
        meta.video.id,
        {
            "Status": COLLECTING,
            "UpdatedAt": iso(now),
            "GSI1PK": f"STATUS#{COLLECTING}",
            "GSI1SK": iso(now),
            "LeaseOwner": owner,
            "LeaseUntil": now + seconds,
            "LeaseEpoch": meta.epoch + 1,
            "LeaseFrom": meta.checkpoint.people,
        },
        "Attempt = :attempt AND JobId = :job AND #Status <> :succeeded AND "
        "(attribute_not_exists(LeaseEpoch) OR LeaseEpoch = :epoch) AND "
        "(attribute_not_exists(LeaseOwner) OR LeaseOwner = :owner OR LeaseUntil < :now)",
        {
            ":attempt": meta.attempt,
            ":job": meta.job_id,
            ":succeeded": SUCCEEDED,
            ":epoch": meta.epoch,
            ":owner": owner,
            ":now": now,
        },
        # One that was given up has been sent again by somebody: the reconciler's count begins anew.
        remove=("AnnouncedAt", "CompletedAt", "Resumable", *(("Repairs",) if meta.status == FAILED else ())),
    )
    if not taken:
        return None
    fresh = metas.get(meta.video.id)
    if fresh is None or fresh.epoch != meta.epoch + 1:
        return None
    died_further_on = meta.lease_owner == owner and meta.checkpoint.people > meta.lease_from
    return Lease(client, table, fresh, follows_death=died_further_on)
