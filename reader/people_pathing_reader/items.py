"""DynamoDB's attribute values to plain values and to what `model` knows.

boto3's own deserializer makes a Decimal of each number; an hour of one person is 270,000 of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import GAP_MS, Person, Point, Region, Video


def plain(stored: Mapping[str, Any]) -> Any:
    """The plain value of an attribute value: numbers as int where whole, else float."""
    ((kind, value),) = stored.items()
    match kind:
        case "N":
            return float(value) if any(mark in value for mark in ".eE") else int(value)
        case "M":
            return {name: plain(member) for name, member in value.items()}
        case "L":
            return [plain(member) for member in value]
        case "SS":
            return set(value)
        case "NULL":
            return None
    return value


def plain_item(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A whole item's plain values."""
    return {name: plain(value) for name, value in stored.items()}


def video_of(item: Mapping[str, Any]) -> Video:
    """From a META item's plain values."""
    return Video(
        id=item["PK"].removeprefix("VIDEO#"),
        bucket=item["Bucket"],
        key=item["Key"],
        version=item["VersionId"],
        status=item["Status"],
        updated_at=item["UpdatedAt"],
        reason=item.get("StatusMessage"),
        job_id=item.get("JobId"),
        people=item.get("PeopleCount", 0),
        results_prefix=item.get("ResultsPrefix"),
        metadata=item.get("VideoMetadata") or {},
        gap_ms=item.get("GapMillis", GAP_MS),
    )


def person_of(item: Mapping[str, Any]) -> Person:
    """From a PERSON# item's plain values."""
    hull = item.get("Hull")
    return Person(
        index=item["Index"],
        first_ms=item["FirstMillis"],
        last_ms=item["LastMillis"],
        records=item["Points"],
        seconds_seen=item["SecondsSeen"],
        faces=item["FacesSeen"],
        hull=Region(hull["Left"], hull["Top"], hull["Width"], hull["Height"]) if hull else None,
        path=tuple(Point(*point) for point in item["Path"]),
        track_key=item["TrackKey"],
        link_confidence=item.get("LinkConfidence"),
        weakest_link_ms=item.get("WeakestLinkMillis"),
    )
