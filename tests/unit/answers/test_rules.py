"""The cases in which a scene's rules are broken."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.answers.person import PersonAnswers, Visit
from pipeline.answers.rules import cases_of
from pipeline.answers.scenes.scene import Scene, parse_scene
from pipeline.answers.video import VideoAnswers
from pipeline.errors import SceneError

_ZONE = {"name": "a", "polygon": [[0, 0], [1, 0], [1, 1]]}


def scene(*rules: dict[str, Any]) -> Scene:
    import json

    return parse_scene(json.dumps({"version": 1, "name": "x", "zones": [_ZONE], "rules": list(rules)}))


def answers_of(*visits: tuple[int, int, int]) -> VideoAnswers:
    answers = VideoAnswers()
    for person, enter, leave in visits:
        answers.add(PersonAnswers(person, [Visit("a", person, enter, leave, "crossed", "crossed")], []))
    return answers


def test_a_visit_that_is_too_long_breaks_the_rule_when_it_becomes_so() -> None:
    rule = {"name": "r", "zone": "a", "dwell_over_seconds": 2}
    cases = cases_of(scene(rule), answers_of((0, 0, 2000), (1, 500, 2501)))
    assert [(case.person, case.at_ms) for case in cases] == [(1, 2500)]


def test_every_visit_of_a_forbidden_zone_breaks_the_rule() -> None:
    cases = cases_of(
        scene({"name": "r", "zone": "a", "forbidden": True}), answers_of((4, 10, 20), (2, 30, 31))
    )
    assert [(case.person, case.at_ms) for case in cases] == [(4, 10), (2, 30)]


def test_a_crowd_is_one_case_however_it_grows() -> None:
    rule = {"name": "r", "zone": "a", "occupancy_over": 1}
    visits = ((0, 0, 100), (1, 10, 90), (2, 20, 80), (3, 95, 120), (4, 200, 300), (5, 250, 260))
    cases = cases_of(scene(rule), answers_of(*visits))
    assert [(case.at_ms, case.people, case.person) for case in cases] == [
        (10, 2, None),
        (95, 2, None),
        (250, 2, None),
    ]


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (
            {"name": "r", "zone": "b", "forbidden": True},
            r'rules\[0\].zone \("r"\) must be the name of a zone, not "b"',
        ),
        ({"name": "r", "zone": "a"}, "needs one of dwell_over_seconds, occupancy_over and forbidden"),
        ({"name": "r", "zone": "a", "forbidden": True, "occupancy_over": 2}, "and no other"),
        ({"name": "r", "zone": "a", "forbidden": False}, "must be True, not false"),
        ({"name": "r", "zone": "a", "occupancy_over": 0}, "greater than or equal to 1"),
    ],
)
def test_a_rule_that_cannot_be_checked_is_a_fault(rule: dict[str, Any], fault: str) -> None:
    with pytest.raises(SceneError, match=fault):
        scene(rule)


def test_two_rules_of_one_name_are_a_fault() -> None:
    rule = {"name": "r", "zone": "a", "forbidden": True}
    with pytest.raises(SceneError, match="rules: 2 have the name"):
        scene(rule, rule)
