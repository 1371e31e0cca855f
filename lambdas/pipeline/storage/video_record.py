"""A video's record: META, the one item that says where the video stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from pipeline.storage.checkpoint import Checkpoint
from pipeline.video import Video

SCHEMA_VERSION = 1
"""Version of the items' layout; attributes are only ever added within one."""

META = "META"
"""Sort key of a video's record."""

SUBMITTING = "SUBMITTING"
"""Status: there is no tracking job yet."""

IN_PROGRESS = "IN_PROGRESS"
"""Status: the tracking job has been started."""

COLLECTING = "COLLECTING"
"""Status: the job has ended and its tracks are being written."""

SUCCEEDED = "SUCCEEDED"
"""Status: all tracks are there."""

FAILED = "FAILED"
"""Status: there will be no tracks; StatusMessage says why."""


def video_key(video_id: str) -> str:
    """The partition key of everything about a video."""
    return f"VIDEO#{video_id}"


@dataclass(frozen=True)
class VideoRecord:
    """META as read from the table.

    Attributes:
        attempt: which run of the video this is, from 1.
        job_id: the tracking job of this attempt, once there is one.
        started_at: when that job was started; None for one started by a version that did not record it.
        previous_job_ids: jobs of earlier attempts, whose messages mean nothing any more.
        sequencer: S3's order of the upload this attempt is of.
        resumable: FAILED for want of progress, not by a fault of the video, so the next delivery runs it.
        repairs: how often the reconciler has repaired this attempt without it moving on.
        automatic_retries: attempts begun in a row because the tracking service was at fault.
        not_before: SUBMITTING, but not to be submitted before this time (ISO).
        epoch: how many invocations have taken the lease; a writer with an older number must stop.
        lease_owner: the message whose invocation collects, or ended without releasing the lease.
        lease_from: how many people were written when that invocation began.
        uploaded_at: when the object was uploaded (ISO); None for one recorded by an earlier version.
        recorded_at: when the video was recorded, as its container says (ISO).
        shown_aspect: width / height of the video as shown.
        answers: to its scene's questions, in short; None while there are none, or not all.
        answers_keys: objects that answers were written to.
        paths_dropped: only counts are left of this attempt, as its scene asks.
    """

    video: Video
    status: str
    attempt: int
    updated_at: str
    submitted_at: str
    job_id: str | None = None
    started_at: str | None = None
    previous_job_ids: frozenset[str] = frozenset()
    sequencer: str | None = None
    status_message: str | None = None
    resumable: bool = False
    repairs: int = 0
    automatic_retries: int = 0
    not_before: str | None = None
    epoch: int = 0
    lease_owner: str | None = None
    lease_from: int = 0
    checkpoint: Checkpoint = field(default_factory=Checkpoint)
    announced_at: str | None = None
    completed_at: str | None = None
    people_count: int = 0
    record_count: int = 0
    video_metadata: Mapping[str, Any] | None = None
    results_prefix: str | None = None
    uploaded_at: str | None = None
    recorded_at: str | None = None
    shown_aspect: float | None = None
    answers: Mapping[str, Any] | None = None
    answers_keys: tuple[str, ...] = ()
    paths_dropped: bool = False

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the item's plain values."""
        return cls(
            video=Video(values["Bucket"], values["Key"], values["VersionId"]),
            status=values["Status"],
            attempt=values["Attempt"],
            updated_at=values["UpdatedAt"],
            submitted_at=values["SubmittedAt"],
            job_id=values.get("JobId"),
            started_at=values.get("StartedAt"),
            previous_job_ids=frozenset(values.get("PreviousJobIds", ())),
            sequencer=values.get("Sequencer"),
            status_message=values.get("StatusMessage"),
            resumable=values.get("Resumable", False),
            repairs=values.get("Repairs", 0),
            automatic_retries=values.get("AutomaticRetries", 0),
            not_before=values.get("NotBefore"),
            epoch=values.get("LeaseEpoch", 0),
            lease_owner=values.get("LeaseOwner"),
            lease_from=values.get("LeaseFrom", 0),
            checkpoint=Checkpoint.of(values["Checkpoint"]) if "Checkpoint" in values else Checkpoint(),
            announced_at=values.get("AnnouncedAt"),
            completed_at=values.get("CompletedAt"),
            people_count=values.get("PeopleCount", 0),
            record_count=values.get("RecordCount", 0),
            video_metadata=values.get("VideoMetadata"),
            results_prefix=values.get("ResultsPrefix"),
            uploaded_at=values.get("UploadedAt"),
            recorded_at=values.get("RecordedAt"),
            shown_aspect=values.get("ShownAspect"),
            answers=values.get("Answers"),
            answers_keys=tuple(values.get("AnswersKeys", ())),
            paths_dropped=values.get("PathsDropped", False),
        )
