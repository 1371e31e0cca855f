"""How sure a join is: its margin over what else might have been joined, and what a track says of it."""

from __future__ import annotations

import itertools

import lap
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.tracker import Track, link
from engine.tracker.passes.alternatives import margins
from engine.tracker.passes.link_confidence import probability
from tests.unit.tracker.scenes import ASPECT, Person, cut, seen, walking


def linked(people: list[Person], seconds: float = 12) -> list[Track]:
    return link([seen(people, seconds)], frame_aspect=ASPECT)


def least(tracks: list[Track]) -> float:
    return min((found.confidence for track in tracks for found in track.links), default=1.0)


def behind_a_pillar(seconds: float) -> bool:
    return 5 <= seconds < 6.5


def total(gains: np.ndarray) -> float:
    people = range(len(gains))
    return max(
        sum(max(0.0, gains[row, column]) for row, column in enumerate(order))
        for order in itertools.permutations(people)
    )


@given(seed=st.integers(0, 10_000), size=st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_margin_is_never_below_what_is_lost_without_the_pair_and_is_it_for_two_people(
    seed: int, size: int
) -> None:
    gains = np.random.default_rng(seed).normal(1, 3, (size, size))
    rows, columns = np.nonzero(gains > 0)
    if len(rows) == 0:
        return
    cost = np.where(gains > 0, -gains, 1e3)
    _, of_row, _ = lap.lapjv(cost - cost.min(), extend_cost=True, cost_limit=-cost.min())
    chosen = of_row[rows] == columns
    found = margins(rows, columns, gains[rows, columns], chosen)
    for row, column, margin in zip(rows[chosen], columns[chosen], found, strict=True):
        without = gains.copy()
        without[row, column] = -1
        lost = total(gains) - total(without)
        assert margin >= lost - 1e-6
        if size <= 2:
            assert margin == pytest.approx(lost, abs=1e-6)


def test_the_surer_the_evidence_the_higher_the_confidence() -> None:
    found = probability(np.array([0.0, 1.0, 5.0, 12.0]))
    assert (np.diff(found) > 0).all()
    assert ((found > 0.5) & (found < 1)).all()


def test_a_path_without_a_gap_or_a_crossing_has_no_link() -> None:
    (track,) = linked([Person(walking(0.2, 0.04))])
    assert track.links == ()


def test_who_was_hidden_has_a_link_at_the_instant_of_coming_back() -> None:
    (track,) = linked([Person(walking(0.2, 0.04), hidden=behind_a_pillar)])
    (only,) = track.links
    assert 5000 < only.at_ms <= 6600
    assert only.confidence > 0.9


def test_two_who_look_alike_and_cross_unseen_are_less_sure_than_two_who_do_not() -> None:
    def two(colour: int) -> list[Track]:
        first = Person(walking(0.25, 0.045), hidden=behind_a_pillar)
        second = Person(walking(0.78, -0.045, y=0.81), colour=colour, hidden=behind_a_pillar)
        return linked([first, second])

    assert least(two(0)) < least(two(1))


def test_links_are_by_time_and_do_not_depend_on_how_the_video_was_divided() -> None:
    people = [
        Person(walking(0.1 + 0.08 * n, 0.05 * (-1) ** n, y=0.75 + 0.01 * n), colour=n % 3) for n in range(6)
    ]
    whole = seen(people, 14)
    tracks = link([whole], frame_aspect=ASPECT)
    assert any(track.links for track in tracks)
    for track in tracks:
        assert list(track.links) == sorted(track.links)
        for found in track.links:
            assert track.timestamps_ms[0] < found.at_ms <= track.timestamps_ms[-1]
            assert 0 < found.confidence < 1
    again = link(cut(whole, [9, 31, 50]), frame_aspect=ASPECT)
    assert [track.links for track in tracks] == [track.links for track in again]
