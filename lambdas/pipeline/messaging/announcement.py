"""Announcing a video's outcome: an EventBridge event when its tracks are ready, or will never be."""

from __future__ import annotations

import json
from typing import Any

from pipeline import messages
from pipeline.errors import EventNotPublishedError
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.runtime.observability import count, logger
from pipeline.services import Services
from pipeline.storage.tracks_folder import MANIFEST
from pipeline.storage.video_record import FAILED, SUCCEEDED, VideoRecord

SOURCE = "people-pathing"
"""The events' `source`."""

READY = "Person Tracks Ready"
"""`detail-type` of a video whose tracks are ready."""

FAILURE = "Person Tracking Failed"
"""`detail-type` of a video that has failed."""

DETAIL_VERSION = "1.0"
"""Version of the detail's layout; members are only ever added within one."""


def announce(services: Services[PipelineEnvironment], video_id: str) -> None:
    """Publish a finished video's outcome on the default event bus, unless that was done.

    At least once: the record is marked after the event. Raises `EventNotPublishedError` when EventBridge does
    not take it.
    """
    record = services.records.get(video_id)
    if record is None or record.status not in (SUCCEEDED, FAILED) or record.announced_at:
        return
    ready = record.status == SUCCEEDED
    answer = services.events.put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": READY if ready else FAILURE,
                "Detail": json.dumps(_detail(services.environment, record)),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        code = answer["Entries"][0].get("ErrorCode", "unknown")
        raise EventNotPublishedError(messages.EVENT_NOT_PUBLISHED.format(code=code))
    services.records.mark_announced(record)
    count("VideosReady" if ready else "VideosFailed")
    logger.info(
        "Outcome announced",
        extra={"video_id": video_id, "status": record.status, "reason": record.status_message},
    )


def _detail(environment: PipelineEnvironment, record: VideoRecord) -> dict[str, Any]:
    video = record.video
    detail: dict[str, Any] = {
        "SchemaVersion": DETAIL_VERSION,
        "VideoId": video.id,
        "Video": {"Bucket": video.bucket, "Key": video.key, "VersionId": video.version},
        "Status": record.status,
        "Attempt": record.attempt,
        "JobId": record.job_id,
        "CompletedAt": record.completed_at,
    }
    if record.status == FAILED:
        return {**detail, "StatusMessage": record.status_message}
    prefix = record.results_prefix
    return {
        **detail,
        **({"StatusMessage": record.status_message} if record.status_message else {}),
        "VideoMetadata": record.video_metadata,
        "PeopleCount": record.people_count,
        "RecordCount": record.record_count,
        **({"Answers": dict(record.answers)} if record.answers else {}),
        "TracksTable": environment.tracks_table,
        "Results": {
            "Bucket": environment.results_bucket,
            "Prefix": prefix,
            "Manifest": f"{prefix}{MANIFEST}",
        },
    }
