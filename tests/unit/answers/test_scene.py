"""Scenes: what is accepted, and a line for each fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.answers.scenes.scene import parse_scene, schema
from pipeline.errors import SceneError
from tests.unit.answers.walks import rectangle, scene_of, zone

DOCS = Path(__file__).resolve().parents[3] / "docs"
SQUARE = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]


def faults_of(**members: Any) -> list[str]:
    with pytest.raises(SceneError) as refused:
        scene_of(**members)
    return refused.value.faults


def faults_in(text: str | bytes) -> list[str]:
    with pytest.raises(SceneError) as refused:
        parse_scene(text)
    return refused.value.faults


def test_the_published_schema_is_that_of_the_model() -> None:
    assert json.loads((DOCS / "scene.schema.json").read_text()) == schema()


def test_the_demo_scene_is_valid() -> None:
    scene = parse_scene((DOCS / "examples" / "demo-scene.json").read_bytes())
    assert [zone.name for zone in scene.zones] == ["junction"]
    assert [line.name for line in scene.lines] == ["walkway"]


def test_the_example_in_the_documentation_is_valid() -> None:
    text = (DOCS / "scenes.md").read_text()
    example = text.split("```json\n")[1].split("```")[0]
    scene = parse_scene(example)
    plan = scene.floor_plan()
    assert scene.zones
    assert scene.lines
    assert plan is not None
    assert plan.worst_metres < 0.5


def test_what_is_not_given_has_the_documented_defaults() -> None:
    scene = scene_of()
    assert (scene.prefix, scene.stands_at, scene.least_dwell_seconds, scene.bridge_seconds) == (
        "",
        "feet",
        0,
        3,
    )
    assert (scene.edge.body_widths, scene.edge.seconds) == (0.5, 1)
    assert (scene.start.source, scene.start.time_zone) == ("upload", "UTC")


def test_a_polygon_may_be_concave_closed_and_either_way_round() -> None:
    concave = zone("a", (0.1, 0.1), (0.9, 0.5), (0.1, 0.9), (0.5, 0.5))
    closed = zone("b", *SQUARE, SQUARE[0])
    backwards = zone("c", *SQUARE[::-1])
    assert [len(each.polygon) for each in scene_of(zones=[concave, closed, backwards]).zones] == [4, 4, 4]


@pytest.mark.parametrize(
    ("polygon", "fault"),
    [
        ([(0, 0), (1, 1), (1, 0), (0, 1)], "crosses or touches itself: side 1 and side 3."),
        ([(0, 0), (1, 1)], "needs at least 3 points, not 2."),
        ([], "needs at least 3 points, not 0."),
        (
            [(0, 0), (0.5, 0), (1.2, 1)],
            "point 3 (1.2, 1) is outside the picture: ratios of its width and height go from 0 to 1.",
        ),
        ([(0, 0), (0.5, 0), (0.5, 0), (1, 1)], "point 2 is repeated."),
    ],
    ids=["crosses itself", "two points", "none", "outside", "repeated"],
)
def test_a_polygon_that_is_none_is_refused_with_its_reason(polygon: list[Any], fault: str) -> None:
    assert faults_of(zones=[rectangle("good", 0, 0, 1, 1), zone("till", *polygon)]) == [
        f'zones[1].polygon ("till") {fault}'
    ]


def test_a_polygon_without_area_is_refused() -> None:
    faults = faults_of(zones=[zone("till", (0, 0), (0.5, 0.5), (1, 1))])
    assert faults == ['zones[0].polygon ("till") has no area: its points are all on one line.']


@pytest.mark.parametrize(
    ("points", "fault"),
    [
        ([(0, 0)], "needs at least 2 points, not 1."),
        ([(0, 0), (0, 0)], "point 1 is repeated."),
        ([(0, 0), (1, 1), (1, 0), (0, 1)], "crosses or touches itself: part 1 and part 3."),
        (
            [(0, 0), (0, -0.1)],
            "point 2 (0, -0.1) is outside the picture: ratios of its width and height go from 0 to 1.",
        ),
    ],
)
def test_a_line_that_is_none_is_refused_with_its_reason(points: list[Any], fault: str) -> None:
    assert faults_of(lines=[{"name": "door", "points": points, "in": "left"}]) == [
        f'lines[0].points ("door") {fault}'
    ]


def test_a_line_may_be_a_ring() -> None:
    assert scene_of(lines=[{"name": "ring", "points": [*SQUARE, SQUARE[0]], "in": "left"}]).lines


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"version": 2}, "version 2 is not known; this release reads version 1."),
        ({"colour": "red"}, "colour is not a member of a scene of version 1."),
        (
            {"zones": [{**rectangle("a", 0, 0, 1, 1), "color": 1}]},
            'zones[0].color ("a") is not a member of a scene of version 1.',
        ),
        ({"lines": [{"name": "a", "points": [[0, 0], [1, 1]]}]}, 'lines[0].in ("a") is missing.'),
        (
            {"lines": [{"name": "a", "points": [[0, 0], [1, 1]], "in": "up"}]},
            "lines[0].in (\"a\") must be 'left' or 'right', not \"up\".",
        ),
        ({"stands_at": "head"}, "stands_at must be 'feet' or 'centre', not \"head\"."),
        (
            {"zones": [rectangle("a", 0, 0, 1, 1), rectangle("a", 0, 0, 0.5, 1)]},
            'zones: 2 have the name "a"; each needs its own.',
        ),
        (
            {"start": {"from": "upload", "time_zone": "Mars/Olympus"}},
            "start.time_zone must be an IANA time zone such as Europe/Berlin, not 'Mars/Olympus'.",
        ),
        (
            {"start": {"from": "upload", "time_zone": "../../etc/passwd"}},
            "start.time_zone must be an IANA time zone such as Europe/Berlin, not '../../etc/passwd'.",
        ),
        (
            {"start": {"from": "key", "pattern": "%Y-%m-%Q"}},
            "start.pattern has %Q; known are %Y, %y, %m, %d, %j, %H, %I, %p, %M, %S, %f, %z, %%.",
        ),
        (
            {"start": {"from": "key", "pattern": "%H-%M"}},
            "start.pattern must have year, month and day, as %Y-%m-%dT%H-%M-%S has.",
        ),
        (
            {"start": {"from": "key"}},
            "start needs a pattern, such as %Y-%m-%dT%H-%M-%S, where `from` is key.",
        ),
        ({"edge": {"seconds": -1}}, "edge.seconds must be greater than or equal to 0, not -1."),
        ({"least_dwell_seconds": "3"}, 'least_dwell_seconds must be a valid number, not "3".'),
        (
            {"floor": [{"picture": [0, 0], "metres": [0, 0]}]},
            "floor needs at least 4 points, not 1.",
        ),
        (
            {"floor": [{"picture": [400, 300], "metres": [0, 0]}]},
            "floor[0].picture point 1 (400, 300) is outside the picture: "
            "ratios of its width and height go from 0 to 1.",
        ),
        (
            {"floor": [{"picture": [0.1 * k, 0.1 * k], "metres": [k, k]} for k in range(5)]},
            "floor cannot be fitted: too many of its points are on one line or the same.",
        ),
        (
            {"zones": [{"name": " a", "polygon": SQUARE}]},
            'zones[0].name (" a") must be 1 to 100 printable characters without spaces at either end.',
        ),
    ],
)
def test_each_fault_has_its_line(members: dict[str, Any], fault: str) -> None:
    assert faults_of(**members) == [fault]


def test_all_faults_are_reported_together() -> None:
    faults = faults_of(
        zones=[
            zone("a", (0, 0), (1, 1), (1, 0), (0, 1.5)),
            zone("a", (0, 0)),
            {"polygon": [["0", 0], [1, 0], [float("nan"), 1]]},
        ],
        lines=[{"name": "door", "points": [[0, 0], [2, 2]], "in": "inside"}],
        start={"from": "key", "pattern": "x", "time_zone": "Nowhere"},
        extra=1,
    )
    starts = [
        'zones[0].polygon ("a") point 4',
        'zones[0].polygon ("a") crosses',
        'zones[1].polygon ("a") needs',
        "zones[2].name is missing",
        "zones[2].polygon[0][0] must be",
        "zones[2].polygon[2][0] must be",
        'lines[0].points ("door") point 2',
        'lines[0].in ("door") must be',
        "start.pattern must have",
        "start.time_zone must be",
        "extra is not",
        "zones: 2 have the name",
    ]
    assert len(faults) == len(starts), faults
    for fault, start in zip(faults, starts, strict=True):
        assert fault.startswith(start)
        assert "\n" not in fault
        assert fault.endswith(".")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "The scene is not JSON: Expecting value in line 1, column 1."),
        ('{"version": 1,\n}', "The scene is not JSON: "),
        ("[]", "The scene must be a JSON object."),
        (
            '{"version": 1, "version": 1}',
            'The scene is not JSON: the member "version" stands twice in one object.',
        ),
        (b"\xff\xfe{", "The scene is not JSON: "),
        ("[" * 100_000, "The scene is not JSON: "),
        (" " * 1_000_001, "The scene is longer than 1,000,000 bytes."),
        ("{}", "version is missing."),
        ('{"version": 1, "name": "a", "zones": 3}', "zones must be "),
    ],
)
def test_what_is_no_scene_at_all_is_refused(text: str | bytes, fault: str) -> None:
    assert faults_in(text)[0].startswith(fault)
