"""Telling the world: an EventBridge event when a video's tracks are ready, or will never be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.runtime.observability import count, logger
from pipeline.storage.video_record import FAILED, SUCCEEDED, Meta
from pipeline.storage.video_records import Metas

if TYPE_CHECKING:
    from pipeline.runtime.services import Services

SOURCE = "people-pathing"
READY = "Person Tracks Ready"
FAILURE = "Person Tracking Failed"
DETAIL_VERSION = "1.0"


class AnnouncementError(Exception):
    """EventBridge took the call but not the event."""


def announce(services: Services, metas: Metas, video_id: str) -> None:
    """Publish a finished video's outcome, unless that was done. At least once: the mark is set after the
    event.
    """
    meta = metas.get(video_id)
    if meta is None or meta.status not in (SUCCEEDED, FAILED) or meta.announced_at:
        return
    answer = services.events.put_events(
        Entries=[
            {
                "EventBusName": services.environment.event_bus,
                "Source": SOURCE,
                "DetailType": READY if meta.status == SUCCEEDED else FAILURE,
                "Detail": json.dumps(event_detail(services, meta)),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise AnnouncementError(answer["Entries"][0].get("ErrorCode", "unknown"))
    metas.announced(meta)
    count("VideosReady" if meta.status == SUCCEEDED else "VideosFailed")
    logger.info(
        "Announced", extra={"video_id": video_id, "status": meta.status, "reason": meta.status_message}
    )


def event_detail(services: Services, meta: Meta) -> dict[str, Any]:
    """The event's detail. Members are only ever added within one `SchemaVersion`."""
    detail: dict[str, Any] = {
        "SchemaVersion": DETAIL_VERSION,
        "VideoId": meta.video.id,
        "Video": {"Bucket": meta.video.bucket, "Key": meta.video.key, "VersionId": meta.video.version},
        "Status": meta.status,
        "Attempt": meta.attempt,
        "JobId": meta.job_id,
        "CompletedAt": meta.completed_at,
    }
    if meta.status == FAILED:
        return {**detail, "StatusMessage": meta.status_message}
    bucket, prefix = services.environment.results_bucket, meta.results_prefix
    return {
        **detail,
        "VideoMetadata": meta.video_metadata,
        "PeopleCount": meta.people_count,
        "RecordCount": meta.record_count,
        "TracksTable": services.environment.tracks_table,
        "Results": {"Bucket": bucket, "Prefix": prefix, "Manifest": f"{prefix}manifest.json"},
    }
