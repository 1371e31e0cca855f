"""Finding videos whose upload event was lost: object versions in the bucket that have no record."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pipeline.messaging.upload_message import Delivery, Upload, send_upload
from pipeline.runtime.clock import iso
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import ReconcileJobsEnvironment
from pipeline.runtime.observability import logger
from pipeline.services import Services
from pipeline.storage.attribute_values import item, plain_item
from pipeline.video import Video, is_video

_CURSOR: dict[str, Any] = {"PK": "RECONCILER", "SK": "CURSOR"}
"""Key of the item that says where in a large bucket the next invocation goes on."""

_MARKERS = ("KeyMarker", "VersionIdMarker")
"""What S3 calls a place in its list of versions."""

_PAGE = 100
"""Versions listed at once: as many keys as a BatchGetItem takes."""

_LONGEST_MISSED_DAYS = 7
"""Age from which a video without a record does not count as missed. A lost event is found within hours; an
older video has been tracked under a retention that was shorter then, so that its record expired before the
object."""


def submit_missed(
    services: Services[ReconcileJobsEnvironment], patience_seconds: float, deadline: Deadline
) -> int:
    """Send an upload message for every video older than `patience_seconds` that has no record; return how
    many.

    Not to be called while uploads wait in their queue: a video's event may be one of them.

    A bucket too large for one invocation takes several: the table keeps the place. Videos older than a
    week, or than the retention, are left alone: their records may have expired with their results.
    """
    environment = services.environment
    now = time.time()
    days = min(environment.retention_days, _LONGEST_MISSED_DAYS)
    newest, oldest = now - patience_seconds, now - days * 86_400
    markers = _read_cursor(services)
    sent = 0
    while not deadline.has_come():
        page: Mapping[str, Any] = services.s3.list_object_versions(
            Bucket=environment.videos_bucket,
            MaxKeys=_PAGE,
            **markers,  # type: ignore[arg-type]
        )
        candidates = {
            video.id: Upload(video, at=iso(found["LastModified"].timestamp()))
            for found in page.get("Versions", [])
            if is_video(found["Key"]) and oldest < found["LastModified"].timestamp() <= newest
            for video in [Video(environment.videos_bucket, found["Key"], found["VersionId"])]
        }
        for video_id in candidates.keys() - services.records.recorded(list(candidates)):
            send_upload(services.sqs, environment.upload_queue_url, candidates[video_id], Delivery())
            logger.info("Missed video submitted", extra={"video_id": video_id})
            sent += 1
        markers = {name: page[f"Next{name}"] for name in _MARKERS} if page["IsTruncated"] else {}
        if not markers:
            break
    _write_cursor(services, markers)
    return sent


def _read_cursor(services: Services[ReconcileJobsEnvironment]) -> dict[str, str]:
    found = services.dynamodb.get_item(TableName=services.environment.tracks_table, Key=item(_CURSOR))
    values = plain_item(found.get("Item", {}))
    return {name: values[name] for name in _MARKERS if name in values}


def _write_cursor(services: Services[ReconcileJobsEnvironment], markers: dict[str, str]) -> None:
    services.dynamodb.put_item(TableName=services.environment.tracks_table, Item=item({**_CURSOR, **markers}))
