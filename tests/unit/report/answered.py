"""Answers for reports: a few people in two zones and over a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.answers.output.tables import Answered
from pipeline.answers.person import Crossing, PersonAnswers, Visit
from pipeline.answers.scenes.clock import Clock, clock_of
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.answers.video import VideoAnswers
from pipeline.report.answers.section import answers_section
from tests.unit.answers.walks import rectangle, scene_of

ZONES = [rectangle("bench", 0.05, 0.55, 0.4, 0.95), rectangle("till", 0.55, 0.3, 0.95, 0.7)]
DOOR = {"name": "door", "points": [(0.48, 0.2), (0.48, 0.9)], "in": "left"}
FROM_KEY = {"from": "key", "pattern": "%Y-%m-%dT%H-%M-%S", "time_zone": "Europe/Berlin"}
KEY = "shop/2026-11-20T09-59-30.mp4"
UPLOADED = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("UTC"))


def answered(
    duration_ms: int = 100_000, key: str = KEY, clock: Clock | None = None, **members: Any
) -> tuple[Answered, StoredScene]:
    """Person 0 goes from the bench to the till and back, 1 is at the till twice, 2 only crosses."""
    scene = scene_of(**{"name": "Shop", "zones": ZONES, "lines": [DOOR], "start": FROM_KEY, **members})
    names = [zone.name for zone in scene.zones]
    answers = VideoAnswers()
    if len(names) > 1:
        bench, till = names[:2]
        stays = [(bench, 0, 12_000), (till, 15_000, 35_000), (bench, 38_000, 42_000)]
        answers.add(PersonAnswers(0, [visit(zone, 0, *times) for zone, *times in stays], []))
        stays = [(till, 20_000, 29_000), (till, 31_000, 96_000)]
        answers.add(PersonAnswers(1, [visit(zone, 1, *times) for zone, *times in stays], []))
    ways = [Crossing("door", 2, 50_000, "in"), Crossing("door", 2, 60_000, "out")]
    answers.add(PersonAnswers(2, [], [*ways, Crossing("door", 2, 70_000, "in")] if scene.lines else []))
    clock = clock or clock_of(scene.start, key, None, UPLOADED)
    return Answered("0" * 32, key, scene, clock, answers, duration_ms), StoredScene.of("shop", scene)


def visit(zone: str, person: int, enter: int, leave: int) -> Visit:
    return Visit(zone, person, enter, leave, "crossed", "crossed")


def section(**members: Any) -> str:
    """The section of a report as of a fixed time."""
    return answers_section(*answered(**members), "2026-11-21 12:00 UTC")
