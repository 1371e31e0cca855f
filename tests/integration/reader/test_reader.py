"""The reader, on a table the pipeline wrote."""

from __future__ import annotations

import datetime
import json
from itertools import pairwise
from typing import Any

import pytest

from reader.people_pathing_reader import Reader, Region, SchemaError
from reader.people_pathing_reader.__main__ import main
from tests.integration.reader.conftest import Written

DOOR = Region(0.45, 0.4, 0.1, 0.2)


@pytest.fixture
def reader(written: Written) -> Reader:
    return Reader(written.deployed.table, written.deployed.dynamodb)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def test_videos_of_a_status_and_day(reader: Reader, written: Written) -> None:
    day = str(next(reader.videos("SUCCEEDED")).updated_at)[:10]
    assert [video.id for video in reader.videos("SUCCEEDED", day)] == [written.video.id]
    assert [video.key for video in reader.videos("SUCCEEDED", datetime.date.fromisoformat(day))] == [
        "site-3/entrance.mp4"
    ]
    assert list(reader.videos("SUCCEEDED", "1999-12-31")) == []
    assert list(reader.videos("IN_PROGRESS")) == []


def test_a_video_that_failed_says_why(reader: Reader, written: Written) -> None:
    (failed,) = reader.videos("FAILED", str(today())[:4])
    assert (failed.id, failed.reason, failed.people) == (written.failed.id, "Unsupported codec/format.", 0)


def test_a_video_by_its_id(reader: Reader, written: Written) -> None:
    video = reader.video(written.video.id)
    assert video
    assert (video.status, video.people) == ("SUCCEEDED", 3)
    assert video.metadata["FrameWidth"] == 1920
    assert video.results_prefix == f"tracks/{video.id}/"
    assert reader.video("0" * 32) is None


def test_the_people_of_a_video(reader: Reader, written: Written) -> None:
    people = list(reader.people(written.video.id))
    assert [(each.index, each.first_ms, each.last_ms) for each in people] == [
        (0, 0, 70_000),
        (1, 30_000, 100_000),
        (2, 90_000, 130_000),
    ]
    assert [each.seconds_seen for each in people] == [70.0, 70.0, 15.0]
    assert people[0].records == 70 * 15 + 1
    assert [(each.link_confidence, each.weakest_link_ms) for each in people] == [
        (0.75, 20_000),
        (1, None),
        (1, None),
    ]
    assert people[0].hull
    assert people[0].hull == pytest.approx((0.05, 0.3, 0.9, 0.2), abs=1e-6)
    assert 2 <= len(people[0].path) <= 200


def test_one_persons_path_is_every_box_in_time_order(reader: Reader, written: Written) -> None:
    path = list(reader.path(written.video.id, 0))
    assert len(path) == 70 * 15 + 1
    assert all(before.ms < after.ms for before, after in pairwise(path))
    assert path[-1].feet == pytest.approx((0.9, 0.5), abs=1e-5)


def test_a_part_of_a_path_has_both_its_ends(reader: Reader, written: Written) -> None:
    part = list(reader.path(written.video.id, 0, 59_000, 61_000))
    assert (part[0].ms, part[-1].ms, len(part)) == (59_000, 61_000, 31)


@pytest.mark.parametrize(
    ("start", "end", "there"),
    [
        (0, 10_000, [0]),
        (29_999, 29_999, [0]),
        (30_000, 30_000, [0, 1]),
        (65_000, 95_000, [0, 1, 2]),
        (70_001, 89_999, [1]),
        (131_000, 900_000, []),
        (0, 900_000, [0, 1, 2]),
    ],
)
def test_who_was_there_between_two_times(
    reader: Reader, written: Written, start: int, end: int, there: list[int]
) -> None:
    assert [one.index for one in reader.present(written.video.id, start, end)] == there


def test_presence_has_first_and_last_times_of_all_its_minutes(reader: Reader, written: Written) -> None:
    (one, *_) = reader.present(written.video.id, 0, 900_000)
    assert (one.first_ms, one.last_ms) == (0, 70_000)


def test_a_path_crosses_between_two_reports_that_are_no_gap_in_its_video(
    reader: Reader, written: Written
) -> None:
    passed = Region(0.45, 0.6, 0.1, 0.2)
    assert list(reader.crossing(written.video.id, passed)) == []
    key = {"PK": {"S": f"VIDEO#{written.video.id}"}, "SK": {"S": "META"}}

    def set_gap(millis: int) -> None:
        written.deployed.dynamodb.update_item(
            TableName=written.deployed.table,
            Key=key,
            UpdateExpression="SET GapMillis = :gap",
            ExpressionAttributeValues={":gap": {"N": str(millis)}},
        )

    set_gap(30_000)
    try:
        (found,) = reader.crossing(written.video.id, passed)
    finally:
        set_gap(1_000)
    assert found.index == 2
    ((begin, end),) = found.times
    assert 100_000 < begin < end < 125_000


def test_every_path_crossing_a_region(reader: Reader, written: Written) -> None:
    found = list(reader.crossing(written.video.id, DOOR))
    assert [visits.index for visits in found] == [0, 2]
    ((enter, leave),) = found[0].times
    assert (enter, leave) == pytest.approx((30_625, 39_375), abs=70)


def test_a_region_and_two_times(reader: Reader, written: Written) -> None:
    assert [one.index for one in reader.crossing(written.video.id, DOOR, 80_000, 120_000)] == [2]


def test_a_part_of_the_box_may_count_for_the_whole(reader: Reader, written: Written) -> None:
    heads = Region(0.78, 0.71, 0.04, 0.01)
    assert list(reader.crossing(written.video.id, heads)) == []
    assert [one.index for one in reader.crossing(written.video.id, heads, whole_box=True)] == [1]


def test_visits_of_a_zone_overlap_the_times_asked_for(reader: Reader) -> None:
    def found(**asked: Any) -> list[int]:
        return [visit.index for visit in reader.visits(scene="shop", zone="till", **asked)]

    # Path 0 from 9:59:56 to 10:00:13, path 2 from 10:01:04 to 10:01:10.
    assert found() == [0, 2]
    assert found(since="2026-11-20T10:00", until="2026-11-20T10:01") == [0]
    assert found(since="2026-11-20T10:00:30") == [2]
    assert found(until=datetime.datetime(2026, 11, 20, 10)) == [0]
    assert found(since=datetime.date(2026, 11, 21)) == []
    assert found(longer_than=10) == [0]
    assert list(reader.visits(scene="shop", zone="nowhere")) == []


def test_a_visit_has_both_clocks(reader: Reader, written: Written) -> None:
    first = next(reader.visits(scene="shop", zone="till"))
    assert (first.video_id, first.key, first.began) == (written.shop.id, written.shop.key, "crossed")
    assert first.entered_at[:19] == "2026-11-20T09:59:56"
    assert first.dwell_ms == first.leave_ms - first.enter_ms


def test_crossings_and_counts_an_hour(reader: Reader) -> None:
    (crossing,) = reader.crossings(scene="shop", line="door", since="2026-11-20", until="2026-11-21")
    assert (crossing.index, crossing.direction) == (0, "in")
    assert [(row.visits, row.paths) for row in reader.occupancy(scene="shop", zone="till")] == [
        (1, 1),
        (1, 2),
    ]
    second = list(reader.occupancy(scene="shop", zone="till", since="2026-11-20T10:00"))
    assert [row.hour for row in second] == ["2026-11-20T10:00+01:00"]
    rows = list(reader.passages(scene="shop", line="door", until="2026-11-20T11:00"))
    assert sum(row.went_in for row in rows) == 1
    assert sum(row.went_out for row in rows) == 0


def test_counts_an_hour_come_newest_first_where_that_is_asked(reader: Reader) -> None:
    hours = [row.hour for row in reader.occupancy(scene="shop", zone="till")]
    assert len(hours) == 2
    assert [row.hour for row in reader.occupancy(scene="shop", zone="till", newest_first=True)] == hours[::-1]
    assert [row.hour for row in reader.passages(scene="shop", line="door", newest_first=True)] == hours[::-1]


@pytest.mark.parametrize("time", ["soon", "10:00", datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)])
def test_what_is_no_time_of_the_cameras_clock_is_refused(reader: Reader, time: Any) -> None:
    with pytest.raises(ValueError, match="time"):
        list(reader.visits(scene="shop", zone="till", since=time))


def test_items_of_a_later_schema_are_refused(written: Written) -> None:
    deployed = written.deployed
    deployed.dynamodb.put_item(
        TableName=deployed.table,
        Item={"PK": {"S": "VIDEO#later"}, "SK": {"S": "PERSON#00000"}, "SchemaVersion": {"N": "2"}},
    )
    with pytest.raises(SchemaError, match="upgrade"):
        list(Reader(deployed.table, deployed.dynamodb).people("later"))


@pytest.fixture
def ask(written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs the command with arguments; its status and lines."""
    for name in ("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, written.deployed.environment[name])

    def run(*arguments: str) -> tuple[int, list[str], str]:
        status = main(["--table", written.deployed.table, *arguments])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run


def test_the_command_lists_videos(ask, written: Written) -> None:  # type: ignore[no-untyped-def]
    status, lines, _ = ask()
    assert status == 0
    assert "site-3/entrance.mp4" in lines[1]
    assert "Unsupported codec/format." in lines[-1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--video", "entrance.mp4"], [0, 1, 2]),
        (["--video", "site-3/entrance.mp4", "--from", "1:05", "--to", "1:35"], [0, 1, 2]),
        (["--video", "entrance.mp4", "--from", "110"], [2]),
        (["--video", "entrance.mp4", "--region", "0.45,0.4,0.1,0.2"], [0, 2]),
    ],
)
def test_the_command_answers_questions(ask, arguments: list[str], expected: list[int]) -> None:  # type: ignore[no-untyped-def]
    status, lines, _ = ask(*arguments, "--json")
    assert status == 0
    assert [json.loads(line)["index"] for line in lines] == expected


def test_the_command_gives_a_path(ask, written: Written) -> None:  # type: ignore[no-untyped-def]
    _, lines, _ = ask("--video", written.video.id, "--person", "1", "--from", "99", "--json")
    assert len(lines) == 16
    assert json.loads(lines[0])["ms"] == 99_000


def test_the_command_says_in_a_line_what_is_wrong(ask) -> None:  # type: ignore[no-untyped-def]
    status, lines, error = ask("--video", "nowhere.mp4")
    assert (status, lines) == (1, [])
    assert error == "error: nowhere.mp4: no such video in the table\n"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["--video", "entrance.mp4", "--person", "3"], "site-3/entrance.mp4 has no person 3; it has 0 to 2"),
        (["--video", "broken.mov", "--person", "0"], "broken.mov has no person 0; it has none"),
        (
            ["--video", "entrance.mp4", "--from", "2:00", "--to", "1:00"],
            "--to (60 s) is before --from (120 s)",
        ),
        (["--person", "1"], "--person is about one video: give --video too"),
        (["--to", "5"], "--to is about one video: give --video too"),
        (["--video", "entrance.mp4", "--day", "2026-11"], "--day is about the list of videos"),
        (["--video", "entrance.mp4", "--person", "1", "--region", "0,0,1,1"], "give --person or --region"),
    ],
)
def test_the_command_refuses_nonsense_in_a_line(ask, wrong: list[str], why: str) -> None:  # type: ignore[no-untyped-def]
    status, lines, error = ask(*wrong)
    assert (status, lines) == (1, [])
    assert error.startswith(f"error: {why}")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--from", "soon"],
        ["--region", "1,2"],
        ["--region", "0,0,0,1"],
        ["--region", "40,50,20,50"],
        ["--region", "0,0,nan,1"],
        ["--region", "1.1,0,0.2,0.2"],
        ["--person", "-1"],
        ["--person", "first"],
        ["--day", "2026-13"],
        ["--day", "yesterday"],
    ],
)
def test_the_command_explains_wrong_arguments(ask, wrong: list[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SystemExit) as ended:
        ask(*wrong)
    assert ended.value.code == 2
