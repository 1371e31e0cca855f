"""The answers of all people together: occupancy, flow and routes."""

from __future__ import annotations

import itertools
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers.video import Flow, Occupancy, VideoAnswers
from tests.unit.answers.walks import Record, jittering_people, path, people, questions_of, rectangle

HALVES = [rectangle("left", 0, 0, 0.5, 1), rectangle("right", 0.5, 0, 1, 1)]
NAMES = ["left", "right"]
DOOR = {"name": "door", "points": [(0.5, 0), (0.5, 1)], "in": "left"}


def video_of(crowd: dict[int, list[Record]], order: list[int] | None = None) -> VideoAnswers:
    asked = questions_of(zones=HALVES, lines=[DOOR])
    video = VideoAnswers()
    for person in order or list(crowd):
        video.add(asked.answers_of(person, crowd[person]))
    return video


def test_occupancy_has_a_row_at_0_and_at_each_change() -> None:
    crossing = path((0.25, 0.5), (0.75, 0.5), (0.75, 0.5), step=2000)
    late = path((0.25, 0.5), (0.25, 0.5), start=1500, step=1500)
    occupancy = video_of({0: crossing, 1: late}).occupancy(["right", "left", "unseen"])
    assert occupancy == [
        Occupancy("right", 0, 0),
        Occupancy("right", 1000, 1),
        Occupancy("right", 4000, 0),
        Occupancy("left", 0, 1),
        Occupancy("left", 1000, 0),
        Occupancy("left", 1500, 1),
        Occupancy("left", 3000, 0),
        Occupancy("unseen", 0, 0),
    ]


def test_flow_counts_steps_from_zone_to_zone_and_routes_count_people() -> None:
    there = path((0.25, 0.5), (0.75, 0.5), step=2000)
    and_back = path((0.25, 0.5), (0.75, 0.5), (0.25, 0.5), step=2000)
    video = video_of({0: there, 1: there, 2: and_back, 3: path((0.1, 0.5), (0.2, 0.5), step=2000)})
    assert video.flow() == [Flow("left", "right", 3), Flow("right", "left", 1)]
    assert video.routes() == [(("left", "right"), 2), (("left",), 1), (("left", "right", "left"), 1)]
    assert video.people == 4


def test_nobody_makes_empty_answers() -> None:
    video = VideoAnswers()
    assert (video.visits(), video.crossings(), video.flow(), video.routes(), video.approaches()) == (
        *([] for _ in range(5)),
    )
    assert video.occupancy(["left"]) == [Occupancy("left", 0, 0)]


crowds = st.dictionaries(st.integers(0, 50), people() | jittering_people(), max_size=5)


@given(crowds, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(crowd: dict[int, list[Record]], random: Random) -> None:
    order = list(crowd)
    random.shuffle(order)
    one, other = video_of(crowd), video_of(crowd, order)
    assert one.visits() == other.visits()
    assert one.crossings() == other.crossings()
    assert one.occupancy(NAMES) == other.occupancy(NAMES)
    assert (one.flow(), one.routes()) == (other.flow(), other.routes())


@given(crowds)
def test_occupancy_over_time_is_the_dwell_of_all_visits(crowd: dict[int, list[Record]]) -> None:
    video = video_of(crowd)
    for name in NAMES:
        rows = video.occupancy([name])
        area = sum(row.people * (after.at_ms - row.at_ms) for row, after in itertools.pairwise(rows))
        assert area == sum(visit.dwell_ms for visit in video.visits() if visit.zone == name)
        assert rows[-1].people == 0
        assert min(row.people for row in rows) >= 0
        assert all(a.at_ms < b.at_ms for a, b in itertools.pairwise(rows))
