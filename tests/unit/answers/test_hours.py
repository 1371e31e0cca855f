"""The clock of a video, and counts by its hours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers.output.hours import line_hours, zone_hours
from pipeline.answers.person import Crossing, PersonAnswers, Visit
from pipeline.answers.scenes.clock import clock_of
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.scenes.video_start import VideoStart
from pipeline.answers.video import VideoAnswers

UPLOADED = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = 3_600_000
SCENE = Scene.model_validate(
    {
        "version": 1,
        "name": "x",
        "zones": [{"name": "a", "polygon": [[0, 0], [1, 0], [1, 1]]}],
        "lines": [{"name": "l", "points": [[0, 0], [1, 1]], "in": "left"}],
    }
)


def clock(key: str, zone: str = "Europe/Berlin"):  # type: ignore[no-untyped-def]
    start = VideoStart.model_validate({"from": "key", "pattern": "%Y-%m-%dT%H-%M", "time_zone": zone})
    return clock_of(start, key, None, UPLOADED)


def answers_of(
    visits: list[tuple[int, int, int]], crossings: list[tuple[int, str]] | None = None
) -> VideoAnswers:
    """Of visits (person, enter, leave) of zone a and crossings (at, direction) of line l."""
    answers = VideoAnswers()
    for number, (person, enter, leave) in enumerate(visits):
        found = [
            Crossing("l", 0, at, direction)  # type: ignore[arg-type]
            for at, direction in (crossings or [])
            if number == 0
        ]
        answers.add(PersonAnswers(person, [Visit("a", person, enter, leave, "crossed", "crossed")], found))
    return answers


def test_text_is_the_cameras_clock_with_its_offset() -> None:
    assert clock("2026-11-20T09-59").text(30_250) == "2026-11-20T09:59:30.250+01:00"


def test_where_the_key_says_nothing_the_clock_is_the_uploads_and_says_so() -> None:
    found = clock("clip.mp4")
    assert (found.source, found.text(0)) == ("upload", "2026-11-20T13:00:00.000+01:00")


def test_an_hour_that_the_clock_shows_twice_is_two_hours() -> None:
    rows = zone_hours(answers_of([]), SCENE, clock("2026-10-25T01-30"), 3 * HOUR)
    assert [(row.hour, row.observed_ms) for row in rows] == [
        ("2026-10-25T01:00+02:00", HOUR // 2),
        ("2026-10-25T02:00+02:00", HOUR),
        ("2026-10-25T02:00+01:00", HOUR),
        ("2026-10-25T03:00+01:00", HOUR // 2),
    ]


def test_visits_dwell_and_most_people_are_of_their_hours() -> None:
    # From 9:30: one person from 9:45 to 10:15, another from 10:10 to 10:20.
    minute = 60_000
    answers = answers_of([(0, 15 * minute, 45 * minute), (1, 40 * minute, 50 * minute)])
    first, second = zone_hours(answers, SCENE, clock("2026-11-20T09-30"), HOUR)
    assert (first.visits, first.paths, first.dwell_ms, first.most_people) == (1, 1, 15 * minute, 1)
    assert (second.visits, second.paths, second.dwell_ms, second.most_people) == (1, 2, 25 * minute, 2)
    assert second.most_at_ms == 40 * minute


def test_who_is_there_at_the_turn_of_the_hour_is_counted_in_both() -> None:
    _, second, third = zone_hours(answers_of([(0, 0, 2 * HOUR)]), SCENE, clock("2026-11-20T09-30"), 2 * HOUR)
    assert (second.visits, second.paths, second.most_people, second.most_at_ms) == (0, 1, 1, HOUR // 2)
    assert (third.visits, third.most_people) == (0, 1)


def test_crossings_are_counted_in_their_hours_and_an_hour_without_one_is_there() -> None:
    answers = answers_of([(0, 0, 10)], [(5, "in"), (2 * HOUR, "out"), (2 * HOUR + 1, "out")])
    rows = line_hours(answers, SCENE, clock("2026-11-20T09-00"), 3 * HOUR)
    assert [(row.into, row.out) for row in rows] == [(1, 0), (0, 0), (0, 2)]


stays = st.tuples(st.integers(0, 20), st.integers(0, 5 * HOUR), st.integers(1, 2 * HOUR))


@given(
    st.lists(stays, max_size=12), st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"])
)
def test_hours_add_up_to_the_whole(visits: list[tuple[int, int, int]], zone: str) -> None:
    answers = answers_of([(person, enter, enter + dwell) for person, enter, dwell in visits])
    rows = zone_hours(answers, SCENE, clock("2026-10-04T00-17", zone), 7 * HOUR)
    assert sum(row.observed_ms for row in rows) == 7 * HOUR
    assert sum(row.visits for row in rows) == len(visits)
    assert sum(row.dwell_ms for row in rows) == sum(dwell for _, _, dwell in visits)
    most = max((step.people for step in answers.occupancy(["a"])), default=0)
    assert max(row.most_people for row in rows) == most


@pytest.mark.parametrize("millis", [0, 1, 30_000, HOUR - 1])
def test_an_hour_ends_at_the_full_hour(millis: int) -> None:
    at = clock("2026-11-20T09-00")
    assert at.text(at.hour(millis)[1]) == "2026-11-20T10:00:00.000+01:00"
