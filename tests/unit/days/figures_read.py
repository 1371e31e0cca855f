"""Hours and visits as the reader gives them."""

from __future__ import annotations

from reader.people_pathing_reader import LineHour, Visit, ZoneHour

HOUR_MS = 3_600_000


def zone_hour(
    hour: str, visits: int, *, video: str = "a", minutes: float = 60, zone: str = "till"
) -> ZoneHour:
    """An hour of a zone in which each visit lasted 10 s and was of a path of its own."""
    observed = round(minutes * 60_000)
    return ZoneHour("shop", zone, video, "key", hour, observed, visits, visits, visits * 10_000, 1, hour)


def line_hour(hour: str, went_in: int, out: int, *, minutes: float = 60, line: str = "door") -> LineHour:
    return LineHour("shop", line, "a", "key", hour, round(minutes * 60_000), went_in, out)


def visit(enter_ms: int, dwell_ms: int, *, index: int = 0, zone: str = "till", video: str = "a") -> Visit:
    return Visit(
        scene="shop",
        zone=zone,
        video_id=video,
        key="key",
        index=index,
        entered_at="",
        left_at="",
        enter_ms=enter_ms,
        leave_ms=enter_ms + dwell_ms,
        dwell_ms=dwell_ms,
        began="crossed",
        ended="crossed",
    )
