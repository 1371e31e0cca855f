"""Where a video is on its way, in few words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reader.people_pathing_reader import Video

QUEUED, READING, DETECTING, LINKING, COLLECTING, DONE, FAILED = (
    "queued",
    "reading",
    "detecting",
    "linking",
    "collecting",
    "done",
    "failed",
)

_OF_JOBS = {"DETECTING": DETECTING, "LINKING": LINKING, "FINISHING": LINKING, "DONE": COLLECTING}


@dataclass(frozen=True)
class Stage:
    """`percent` is known while detecting alone."""

    name: str
    percent: int | None = None


def stage_of(video: Video, job: Mapping[str, Any]) -> Stage:
    """The stage of a video by its META and, while its job runs, the engine's own item of it."""
    match video.status:
        case "SUCCEEDED":
            return Stage(DONE)
        case "FAILED":
            return Stage(FAILED)
        case "COLLECTING":
            return Stage(COLLECTING)
        case "SUBMITTING":
            return Stage(QUEUED)
    name = _OF_JOBS.get(str(job.get("Stage")), READING)
    if name != DETECTING:
        return Stage(name)
    total = max(1, int(job.get("SegmentsTotal", 0)))
    return Stage(name, 100 * len(job.get("SegmentsDone", ())) // total)
