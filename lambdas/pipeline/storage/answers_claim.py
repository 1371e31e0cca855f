"""The claim on a video's answers: one invocation at a time replaces them. Every change is conditional."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pipeline.errors import LeaseLostError
from pipeline.messages import LEASE_LOST
from pipeline.storage.video_record import SUCCEEDED, VideoRecord
from pipeline.storage.video_records import Condition, VideoRecords

_CLAIM = ("AnswersOwner", "AnswersUntil")


def claim_answers(records: VideoRecords, record: VideoRecord, owner: str, seconds: float) -> bool:
    """Claim the answers of a video that has SUCCEEDED; from then on META says that it has none.

    Args:
        records: where META is.
        record: as read.
        owner: the id of the message that asks; asked by it again, its last invocation has ended.
        seconds: until the invocation ends, and with it the claim.

    Returns:
        False while another message's invocation has it, or where the video is no longer so far.
    """
    now = time.time()
    free = Condition(
        "Attempt = :attempt AND #Status = :succeeded AND "
        "(attribute_not_exists(AnswersOwner) OR AnswersOwner = :owner OR AnswersUntil < :now)",
        {":attempt": record.attempt, ":succeeded": SUCCEEDED, ":owner": owner, ":now": now},
    )
    values = {"AnswersOwner": owner, "AnswersUntil": now + seconds}
    return records.update(record.video.id, values, free, remove=("Answers",))


def remember_keys(records: VideoRecords, record: VideoRecord, owner: str, keys: tuple[str, ...]) -> None:
    """Record which objects answers may be under, before they are written. Raises `LeaseLostError`."""
    if not records.update(record.video.id, {"AnswersKeys": list(keys)}, _claimed(record, owner)):
        raise LeaseLostError(LEASE_LOST.format(video_id=record.video.id))


def finish_answers(
    records: VideoRecords,
    record: VideoRecord,
    owner: str,
    summary: Mapping[str, Any] | None,
    keys: tuple[str, ...],
) -> bool:
    """All answers are written, or removed where `summary` is None. False where the claim is lost."""
    values: dict[str, Any] = {"AnswersKeys": list(keys), **({"Answers": summary} if summary else {})}
    return records.update(record.video.id, values, _claimed(record, owner), remove=_CLAIM)


def mark_dropped(records: VideoRecords, record: VideoRecord) -> None:
    """Only counts are left of the attempt."""
    same = Condition("Attempt = :attempt", {":attempt": record.attempt})
    records.update(record.video.id, {"PathsDropped": True}, same)


def _claimed(record: VideoRecord, owner: str) -> Condition:
    return Condition(
        "Attempt = :attempt AND AnswersOwner = :owner", {":attempt": record.attempt, ":owner": owner}
    )
