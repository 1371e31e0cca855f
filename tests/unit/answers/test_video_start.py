"""When a video began: from its key, the container or the upload."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.answers.scenes.video_start import VideoStart


def start_of(**members: Any) -> VideoStart:
    return VideoStart.model_validate(members)


@pytest.mark.parametrize(
    ("pattern", "key", "began"),
    [
        ("%Y-%m-%dT%H-%M-%S", "site/cam-2026-07-01T08-30-05.mp4", "2026-07-01T08:30:05+02:00"),
        ("%Y-%m-%dT%H-%M-%S", "site/cam-2026-01-01T08-30-05.mp4", "2026-01-01T08:30:05+01:00"),
        ("%Y/%m/%d/%H%M%S", "a/2026/07/01/083005_2.avi", "2026-07-01T08:30:05+02:00"),
        ("%Y%m%d", "99999999/20260701.mp4", "2026-07-01T00:00:00+02:00"),
        ("%Y-%m-%d %H:%M%z", "2026-07-01 08:30+0000.mp4", "2026-07-01T10:30:00+02:00"),
        ("(%y.%m.%d)", "x(26.07.01)", "2026-07-01T00:00:00+02:00"),
    ],
)
def test_a_pattern_is_found_anywhere_in_the_key(pattern: str, key: str, began: str) -> None:
    start = start_of(**{"from": "key", "pattern": pattern, "time_zone": "Europe/Berlin"})
    found = start.began_at(key)
    assert found is not None
    assert found.isoformat() == began


def test_a_key_without_the_pattern_has_no_start() -> None:
    start = start_of(**{"from": "key", "pattern": "%Y-%m-%d", "time_zone": "Europe/Berlin"})
    assert start.began_at("a/2026-13-45.mp4") is None
    assert start.began_at("clip.mp4", uploaded=datetime(2026, 7, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(("source", "hour"), [("creation_time", 10), ("upload", 12)])
def test_known_instants_are_shown_in_the_cameras_time(source: str, hour: int) -> None:
    start = start_of(**{"from": source, "time_zone": "Europe/Berlin"})
    created, uploaded = datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 10, tzinfo=UTC)
    found = start.began_at("clip.mp4", created, uploaded)
    assert found is not None
    assert found.hour == hour
    assert start.began_at("clip.mp4") is None
