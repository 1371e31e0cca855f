"""Items of answers to what `model` knows, and times on a camera's clock as they sort in the table."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from .model import Crossing, LineHour, Visit, ZoneHour

LONGEST_VISIT = datetime.timedelta(hours=6, minutes=1)
"""A visit is within one video, and no video is longer than 6 hours."""

Time = str | datetime.date | datetime.datetime
"""A time on the camera's clock: `2026-11-20`, `2026-11-20T10:00`, or a date or datetime without time zone."""


def clock_time(time: Time) -> datetime.datetime:
    """The time as a datetime. Raises ValueError."""
    if isinstance(time, str):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?", time):
            raise ValueError(f"{time}: not a time; give 2026-11-20 or 2026-11-20T10:00")
        time = datetime.datetime.fromisoformat(time)
    if not isinstance(time, datetime.datetime):
        return datetime.datetime.combine(time, datetime.time())
    if time.tzinfo is not None:
        raise ValueError(f"{time}: give the time of the camera's own clock, without a time zone")
    return time


def as_sorted(time: datetime.datetime) -> str:
    """As items of answers sort: text without an offset."""
    return time.isoformat(timespec="milliseconds")


def visit_of(item: Mapping[str, Any]) -> Visit:
    """From a VISIT# item's plain values."""
    return Visit(
        scene=item["Scene"],
        zone=item["Zone"],
        video_id=item["VideoId"],
        key=item["Key"],
        index=item["Index"],
        entered_at=item["EnteredAt"],
        left_at=item["LeftAt"],
        enter_ms=item["EnterMillis"],
        leave_ms=item["LeaveMillis"],
        dwell_ms=item["DwellMillis"],
        began=item["Began"],
        ended=item["Ended"],
    )


def crossing_of(item: Mapping[str, Any]) -> Crossing:
    """From a CROSSING# item's plain values."""
    return Crossing(
        scene=item["Scene"],
        line=item["Line"],
        video_id=item["VideoId"],
        key=item["Key"],
        index=item["Index"],
        crossed_at=item["CrossedAt"],
        at_ms=item["AtMillis"],
        direction=item["Direction"],
    )


def zone_hour_of(item: Mapping[str, Any]) -> ZoneHour:
    """From a ZONE# item's plain values."""
    return ZoneHour(
        scene=item["Scene"],
        zone=item["Zone"],
        video_id=item["VideoId"],
        key=item["Key"],
        hour=item["Hour"],
        observed_ms=item["ObservedMillis"],
        visits=item["Visits"],
        paths=item["Paths"],
        dwell_ms=item["DwellMillis"],
        most_people=item["MostPeople"],
        most_people_at=item["MostPeopleAt"],
    )


def line_hour_of(item: Mapping[str, Any]) -> LineHour:
    """From a LINE# item's plain values."""
    return LineHour(
        scene=item["Scene"],
        line=item["Line"],
        video_id=item["VideoId"],
        key=item["Key"],
        hour=item["Hour"],
        observed_ms=item["ObservedMillis"],
        went_in=item["In"],
        went_out=item["Out"],
    )
