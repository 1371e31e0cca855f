"""Rules of a scene, and the cases in which they were broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.answers.scenes.scene import Rule, Scene
from pipeline.answers.video import VideoAnswers


@dataclass(frozen=True)
class Case:
    """One time that a rule was broken.

    Attributes:
        at_ms: from when on, ms since the start of the video.
        person: whose visit it was; None where it was all together.
        people: how many there were, of a rule on occupancy.
        begin_ms: of the visit, or `at_ms`; with rule and person it names the case.
    """

    rule: str
    zone: str
    at_ms: int
    begin_ms: int
    person: int | None = None
    people: int | None = None


def cases_of(scene: Scene, answers: VideoAnswers) -> list[Case]:
    """Every case of every rule, by time."""
    found = [case for rule in scene.rules for case in _cases(rule, answers)]
    return sorted(found, key=lambda case: (case.at_ms, case.rule, case.person or 0))


def _cases(rule: Rule, answers: VideoAnswers) -> Iterator[Case]:
    if rule.occupancy_over is not None:
        yield from _crowds(rule, rule.occupancy_over, answers)
        return
    allowed = round(1000 * (rule.dwell_over_seconds or 0))
    for visit in answers.visits():
        if visit.zone == rule.zone and visit.dwell_ms > allowed:
            at_ms = visit.enter_ms + allowed
            yield Case(rule.name, rule.zone, at_ms, visit.enter_ms, person=visit.person)


def _crowds(rule: Rule, allowed: int, answers: VideoAnswers) -> Iterator[Case]:
    """A case lasts until there are no more people than allowed."""
    crowded = False
    for step in answers.occupancy([rule.zone]):
        if step.people > allowed and not crowded:
            yield Case(rule.name, rule.zone, step.at_ms, step.at_ms, people=step.people)
        crowded = step.people > allowed
