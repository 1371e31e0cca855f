"""People of too little confidence for a track of their own, who walk, and clutter, which does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.tracker import Settings, Track, link
from tests.unit.tracker.scenes import ASPECT, HEIGHT, Person, seen, walking

MEDIUM = 0.45
"""Confidence that neither begins a track nor keeps one, but is above that of walkers."""


def tracks(
    *people: Person, jitter: float = 0.003, pan: Callable[[float], float] | None = None
) -> list[Track]:
    return link([seen(people, 10, jitter=jitter, pan=pan)], frame_aspect=ASPECT)


def test_whoever_walks_is_reported_at_a_medium_confidence() -> None:
    (track,) = tracks(Person(walking(0.2, 0.05), score=MEDIUM))
    assert track.timestamps_ms[[0, -1]].tolist() == [0, 9800]


def test_what_stands_still_at_a_medium_confidence_is_not_reported() -> None:
    assert tracks(Person(walking(0.2, 0.0), score=MEDIUM)) == []


def test_whoever_stands_before_walking_is_reported_from_the_beginning() -> None:
    (track,) = tracks(Person(lambda t: (0.3 + 0.05 * max(0.0, t - 5), 0.8), score=MEDIUM))
    assert track.timestamps_ms[0] == 0


def test_pieces_of_clutter_beside_each_other_are_no_walk() -> None:
    beside = 0.4 * HEIGHT / ASPECT
    clutter = [
        Person(walking(0.3, 0.0), score=MEDIUM, end=4.0),
        Person(walking(0.3 + beside, 0.0), score=MEDIUM, begin=4.0),
    ]
    assert tracks(*clutter) == []


def test_clutter_before_a_camera_that_pans_does_not_walk() -> None:
    assert tracks(Person(walking(0.3, 0.0), score=MEDIUM), pan=lambda t: 0.02 * t) == []


def test_a_second_box_on_somebody_who_is_tracked_makes_no_walker() -> None:
    person = Person(walking(0.2, 0.05))
    inside = Person(walking(0.2, 0.05, y=0.8 - 0.25 * HEIGHT), score=MEDIUM)
    assert len(tracks(person, inside)) == 1


def test_walkers_do_not_disturb_those_who_are_tracked() -> None:
    person = Person(walking(0.2, 0.05))
    alone = tracks(person, jitter=0.0)[0]
    with_others = tracks(person, Person(walking(0.8, -0.03, y=0.5), colour=3, score=MEDIUM), jitter=0.0)
    assert len(with_others) == 2
    (same,) = [one for one in with_others if np.array_equal(one.boxes, alone.boxes)]
    assert np.array_equal(same.timestamps_ms, alone.timestamps_ms)


def test_more_confidence_is_asked_of_what_never_moves() -> None:
    def people(speed: float, score: float, seconds: float) -> int:
        scene = seen([Person(walking(0.3, speed), score=score)], seconds)
        return len(link([scene], frame_aspect=ASPECT, settings=Settings.for_detector("movenet")))

    assert people(0.0, 0.7, 20) == 0
    assert people(0.03, 0.7, 20) == 1
    assert people(0.0, 0.85, 20) == 1
    assert people(0.0, 0.7, 4) == 1, "in a clip of a few seconds whoever stands does so throughout"
