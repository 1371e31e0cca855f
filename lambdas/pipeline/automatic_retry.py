"""Running a video again by itself after its job failed through a fault of the tracking service.

The next attempt begins at once, so that the failed job's messages mean nothing any more, but is submitted
only after a while, by the reconciler. Until then the video's status is not final and nothing is announced.
"""

from __future__ import annotations

import time

from pipeline import messages
from pipeline.runtime.clock import iso
from pipeline.storage.video_record import VideoRecord
from pipeline.storage.video_records import VideoRecords

WAITS_MINUTES = (20, 60, 180)
"""How long after each failure in a row the next attempt is submitted at the earliest. The first is the
reconciler's time limit, below which it leaves a record alone. With the engine's own retries a video outlasts
an outage of more than four hours."""

MOST_RETRIES = len(WAITS_MINUTES)
"""Automatic retries in a row. The failure after the last one is final."""


def retry_later(records: VideoRecords, record: VideoRecord, reason: str) -> bool:
    """Let the video run again after a while, which takes a record with fewer than `MOST_RETRIES`.

    False when the record has moved on since it was read.
    """
    when = iso(time.time() + 60 * WAITS_MINUTES[record.automatic_retries])
    return records.begin_retry(record, messages.RUNS_AGAIN.format(when=when, reason=reason), when)


def is_due(record: VideoRecord) -> bool:
    """Whether the record's attempt may be submitted now."""
    return record.not_before is None or record.not_before <= iso()
