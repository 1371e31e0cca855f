"""How far apart the people of a video look, in colour and without."""

from __future__ import annotations

import numpy as np
import pytest

from engine.tracker import Settings
from engine.tracker.passes.appearance_scale import appearance_scale
from engine.tracker.passes.forward_pass import track_forward
from engine.tracker.passes.stitch_evidence import appearance_ratio
from engine.tracker.tracklets.tracklet_ends import tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets
from tests.unit.tracker.scenes import ASPECT, Person, seen, walking


def scale(people: list[Person]) -> float:
    store = track_forward([seen(people, 8)], ASPECT, Settings())
    tracklets = Tracklets.of(store)
    heads, tails = (tracklet_ends(store, tracklets, first=first) for first in (True, False))
    return appearance_scale(heads, tails)


def beside_each_other(colours: list[int]) -> list[Person]:
    return [Person(walking(0.1 + 0.15 * place, 0.0), colour) for place, colour in enumerate(colours)]


def test_people_dressed_alike_make_every_distance_count_for_more() -> None:
    assert scale(beside_each_other([1, 1, 1, 1])) < 0.6 < 1 < scale(beside_each_other([0, 1, 2, 3]))


def test_who_is_never_beside_anybody_tells_nothing() -> None:
    people = [Person(lambda _: (0.3, 0.8), end=3.0), Person(lambda _: (0.7, 0.8), begin=4.0, colour=1)]
    assert scale(people) == 1
    assert scale(people[:1]) == 1


@pytest.mark.parametrize("distance", [0.02, 0.05, 0.2])
def test_a_distance_counts_by_the_scale(distance: float) -> None:
    usual = appearance_ratio(np.array([distance]))
    assert appearance_ratio(np.array([distance * 0.5]), 0.5) == pytest.approx(usual)
