"""The report's section of zones and lines."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.answers.scenes.clock import Clock
from pipeline.report.answers import block
from pipeline.report.answers.section import with_section
from pipeline.report.answers.time_of_day import TimeOfDay
from tests.unit.answers.walks import rectangle
from tests.unit.report.answered import DOOR, ZONES, answered, section
from tests.unit.report.test_page import NAMES, Tags, page, person, video


def cells(text: str, table: str) -> list[list[str]]:
    """The texts of a table's body, row by row."""
    body = text.split(f'id="{table}-table"')[1].split("<tbody>")[1].split("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row)] for row in rows
    ]


def data(text: str) -> dict[str, Any]:
    found = re.search(r'id="answers-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_tables_say_what_was_answered() -> None:
    text = section()
    assert cells(text, "zones") == [
        ["bench", "1", "2", "8.0 s", "12.0 s", "09:59 1 path"],
        ["till", "2", "3", "20.0 s", "1:05", "10:00 2 paths"],
    ]
    assert cells(text, "lines") == [["door", "2", "1"]]
    assert cells(text, "flow") == [["bench", "–", "1"], ["till", "1", "1"]]
    assert "not of visitors" in text
    assert "Scene <bdi>Shop</bdi> as it was 2026-11-21 12:00 UTC" in text


def test_the_time_of_day_is_the_cameras_where_it_is_known() -> None:
    text = section()
    assert "the video began 2026-11-20 09:59:30+01:00, as its key says" in text
    ((since, wall),) = data(text)["wall"]
    assert since == 0
    assert datetime.fromtimestamp(wall / 1000, ZoneInfo("UTC")).isoformat() == "2026-11-20T09:59:30+00:00"


@pytest.mark.parametrize(
    ("members", "known"),
    [
        ({"key": "shop/entrance.mp4"}, False),
        ({"start": {"from": "upload", "time_zone": "UTC"}}, True),
        ({"start": {"from": "creation_time"}}, False),
    ],
)
def test_the_time_of_an_upload_is_the_time_of_day_only_where_the_scene_says_so(
    members: dict[str, Any], known: bool
) -> None:
    text = section(**members)
    assert bool(data(text)["wall"]) == known
    assert ("The time of day is not known" in text) == (not known)
    assert cells(text, "zones")[1][-1] == ("12:00 2 paths" if known else "0:00 2 paths")


def test_a_clock_that_is_changed_during_the_video_is_followed() -> None:
    began = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    facts, _ = answered(duration_ms=3_600_000, clock=Clock(began, "key"))
    half = 30 * 60_000
    (first, wall), (changed, after) = TimeOfDay(facts).offsets()
    assert (first, changed) == (0, half)
    assert after - wall == half - 3_600_000


def test_occupancy_is_drawn_from_the_most_in_each_part_of_the_video() -> None:
    most = {zone["name"]: zone["most"] for zone in data(section())["zones"]}
    assert {name: len(parts) for name, parts in most.items()} == {"bench": 500, "till": 500}
    seconds = {0: 0, 15: 1, 20: 2, 29: 1, 31: 2, 35: 1, 95: 1, 99: 0}
    assert {second: most["till"][5 * second] for second in seconds} == seconds
    assert most["bench"][0] == 1


def test_files_are_those_of_make_answers_and_too_long_ones_are_left_to_the_bucket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = data(section())["csv"]
    assert list(files) == ["visits.csv", "crossings.csv", "occupancy.csv", "flow.csv"]
    assert files["crossings.csv"].splitlines()[:2] == ["line,person,at_ms,direction", "door,2,50000,in"]
    assert len(files["visits.csv"].splitlines()) == 6
    monkeypatch.setattr(block, "MOST_ROWS", 4)
    text = section()
    assert list(data(text)["csv"]) == ["crossings.csv", "flow.csv"]
    assert "Too long for this page: visits.csv, occupancy.csv; all rows are under answers/" in text


@pytest.mark.parametrize("name", [name for name in NAMES if name.isprintable()])
def test_names_add_no_tags_and_end_no_section(name: str) -> None:
    zones = [{**ZONES[0], "name": name}, ZONES[1]]
    hostile = section(name=name, zones=zones, lines=[{**DOOR, "name": name}])
    assert [tag for tag, _ in Tags(hostile).found] == [tag for tag, _ in Tags(section()).found]
    assert data(hostile)["zones"][0]["name"] == name


def test_the_section_is_replaced_and_nothing_else() -> None:
    bare = page(video(), [person()]).encode()
    first = with_section(bare, section())
    assert first
    assert first.count(b"<section") == bare.count(b"<section") + 1
    other = section(zones=[rectangle("<!--/answers-->", 0, 0, 1, 1)])
    second = with_section(first, other)
    assert second
    assert other.encode() in second
    assert with_section(second, "") == bare
    assert with_section(b"a report of before", "") is None


@pytest.mark.parametrize(
    ("members", "title"), [({"lines": []}, "Zones"), ({"zones": []}, "Lines"), ({}, "Zones and lines")]
)
def test_the_section_has_what_the_scene_has(members: dict[str, Any], title: str) -> None:
    text = section(**members)
    assert f">{title}</h2>" in text
    assert ('id="occupancy"' in text) == (title != "Lines")


def test_a_scene_that_asks_nothing_has_no_section() -> None:
    assert section(zones=[], lines=[]) == ""
