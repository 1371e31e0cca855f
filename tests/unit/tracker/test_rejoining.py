"""Who vanishes in the middle of the picture, with nobody in front, and comes back there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.detections import SegmentDetections
from engine.tracker import Track, link
from tests.unit.tracker.scenes import ASPECT, Person, seen, walking


def linked(whole: SegmentDetections) -> list[Track]:
    return link([whole], frame_aspect=ASPECT)


def passers(count: int) -> list[Person]:
    """People who cross the picture far below, one after the other, each in a colour: whom to learn from."""
    return [
        Person(walking(0.02 - 0.3 * n, 0.3, y=0.98), colour=n, begin=n, end=n + 3.2)
        for n in range(1, count + 1)
    ]


def parting(colour: int, comes_back: float) -> list[Person]:
    """Someone who stands in the middle until second 6, and someone who stands there from then on."""
    return [
        Person(walking(0.5, 0, y=0.5), colour=0, end=6),
        Person(walking(0.51, 0, y=0.5), colour=colour, begin=comes_back),
    ]


def standing(tracks: list[Track]) -> list[Track]:
    """Those who are in the upper half of the picture."""
    return [track for track in tracks if np.median(track.boxes[:, 1]) < 0.4]


@pytest.mark.parametrize("gone", [2.0, 4.0, 6.0])
def test_who_comes_back_looking_the_same_keeps_the_index(gone: float) -> None:
    tracks = linked(seen([*parting(0, 6 + gone), *passers(18)], 22))
    (only,) = standing(tracks)
    assert only.links
    assert only.links[-1].at_ms == pytest.approx(6000 + 1000 * gone, abs=400)
    assert only.links[-1].confidence < 1


@pytest.mark.parametrize("gone", [2.0, 4.0, 6.0])
def test_someone_who_looks_otherwise_in_the_same_place_is_another(gone: float) -> None:
    assert len(standing(linked(seen([*parting(3, 6 + gone), *passers(18)], 22)))) == 2


@pytest.mark.parametrize("gone", [20.0, 45.0])
def test_a_long_absence_keeps_the_index_and_shows_nobody_meanwhile(gone: float) -> None:
    tracks = linked(seen([*parting(0, 6 + gone), *passers(18)], 16 + gone))
    (only,) = standing(tracks)
    ((left, back),) = only.absences.tolist()
    assert (left, back) == pytest.approx((6000, 6000 + 1000 * gone), abs=400)
    assert not ((only.timestamps_ms > left) & (only.timestamps_ms < back)).any()
    assert only.links[-1].at_ms == back


def test_clutter_where_somebody_was_is_not_them_while_they_are_away() -> None:
    clutter = Person(walking(0.505, 0, y=0.5), colour=4, begin=8, end=30, score=0.15)
    walker = Person(walking(0.05, 0.05, y=0.75), colour=5, begin=2, end=18, score=0.5)
    (only,) = standing(linked(seen([*parting(0, 36), clutter, walker, *passers(18)], 46)))
    assert only.absences.tolist() == [[5800, 36000]]


def test_beyond_the_longest_absence_it_is_another_person() -> None:
    assert len(standing(linked(seen([*parting(0, 72), *passers(18)], 80)))) == 2


@pytest.mark.parametrize(("colours", "people"), [(6, 1), (2, 2), (1, 2)])
def test_a_likeness_proves_little_where_many_are_dressed_alike(colours: int, people: int) -> None:
    others = [replace(person, colour=person.colour % colours) for person in passers(18)]
    assert len(standing(linked(seen([*parting(0, 26), *others], 36)))) == people


def test_who_leaves_by_the_side_and_someone_alike_who_enters_there_are_two() -> None:
    leaves = Person(walking(0.4, 0.1), end=6)
    enters = Person(walking(1.4, -0.05), begin=8.5)
    assert len(linked(seen([leaves, enters], 16))) == 2
