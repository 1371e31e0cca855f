"""Visits of one person: instants, how they begin and end, jitter and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, cos, pi, sin
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.answers.geometry.plane import Position, distance, edges_of
from pipeline.answers.person import Frame, Questions, Visit
from tests.unit.answers.walks import (
    FRAME,
    HEIGHT,
    SHARP,
    STEP,
    WIDTH,
    Record,
    jittering_people,
    path,
    people,
    polygons,
    questions_of,
    rectangle,
    scene_of,
    standing_at,
    swaying,
    walking,
    zone,
)

MIDDLE = rectangle("middle", 0.25, 0.25, 0.75, 0.75)
anyone = people() | jittering_people()


def visits_of(records: Sequence[Record], polygon: dict[str, Any] = MIDDLE, **members: Any) -> list[Visit]:
    return questions_of(zones=[polygon], **members).answers_of(7, records).visits


def test_a_walk_through_enters_and_leaves_between_records_where_it_crosses_the_edge() -> None:
    walk = path((0.15, 0.5), (0.35, 0.5), (0.55, 0.5), (0.85, 0.5), step=2000)
    assert visits_of(walk) == [Visit("middle", 7, 1000, 5333, "crossed", "crossed")]
    assert visits_of(walk)[0].dwell_ms == 4333


def test_one_who_is_there_from_the_first_record_to_the_last_appeared_and_disappeared() -> None:
    (visit,) = visits_of(walking((0.4, 0.5), (0.6, 0.5), 5))
    assert (visit.enter_ms, visit.began, visit.ended) == (0, "appeared", "disappeared")


@pytest.mark.parametrize("edge", [(0.985, 0.5), (0.015, 0.5), (0.5, 0.99), (0.5, 0.26)])
def test_one_whose_last_box_is_at_the_border_left_the_picture(edge: Position) -> None:
    (visit,) = visits_of(walking((0.5, 0.5), edge, 5), rectangle("all", 0, 0, 1, 1))
    assert visit.ended == "left_picture"


def test_one_who_is_there_when_the_video_ends_stayed_to_its_end() -> None:
    asked = Questions(scene_of(zones=[MIDDLE]), Frame(FRAME.aspect, duration_ms=5400))
    (visit,) = asked.answers_of(0, walking((0.4, 0.5), (0.6, 0.5), 5)).visits
    assert visit.ended == "video_ended"
    asked = Questions(scene_of(zones=[MIDDLE]), Frame(FRAME.aspect, duration_ms=6000))
    assert asked.answers_of(0, walking((0.4, 0.5), (0.6, 0.5), 5)).visits[0].ended == "disappeared"


@pytest.mark.parametrize("amplitude", [0.01, 0.2, 0.45])
@pytest.mark.parametrize("period", [0.2, 0.7, 4, 20])
def test_one_who_sways_on_an_edge_makes_one_visit(amplitude: float, period: float) -> None:
    sway = swaying(lambda t: (0.25 + amplitude * WIDTH * cos(2 * pi * t / period), 0.5), 60)
    assert len(visits_of([*walking((0.5, 0.5), (0.25, 0.5), 3, start=-3015), *sway])) == 1


@pytest.mark.parametrize("deviation", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_a_box_that_jitters_on_an_edge_makes_one_visit(deviation: float, seed: int) -> None:
    noise = Random(seed)
    stand = swaying(lambda _: (0.25 + noise.gauss(0, deviation * WIDTH), 0.5), 60)
    inside_first = walking((0.5, 0.5), (0.3, 0.5), 3, start=-3100)
    assert len(visits_of([*inside_first, *stand])) == 1
    assert len(visits_of([*inside_first, *stand], **SHARP)) > 20


@pytest.mark.parametrize("seed", range(5))
def test_so_does_one_who_walks_in_slowly_with_a_jittering_box(seed: int) -> None:
    noise = Random(seed)
    walk = swaying(lambda t: (0.15 + t / 100 + noise.gauss(0, 0.15 * WIDTH), 0.5), 30)
    (visit,) = visits_of(walk)
    assert visit.enter_ms == pytest.approx(10_000, abs=1500)


@pytest.mark.parametrize("seed", range(5))
def test_one_who_walks_along_an_edge_with_a_jittering_box_makes_one_visit_at_most(seed: int) -> None:
    noise = Random(seed)
    walk = swaying(lambda t: (0.3 + t / 50, 0.25 + noise.gauss(0, 0.2 * WIDTH)), 20)
    assert len(visits_of(walk)) <= 1


def test_one_who_walks_exactly_along_an_edge_is_on_one_side_of_it() -> None:
    slanted = zone("slanted", (0.1, 0.1), (0.9, 0.3), (0.5, 0.9))
    for polygon, begin, end in [
        (MIDDLE, (0.3, 0.25), (0.7, 0.25)),
        (MIDDLE, (0.1, 0.75), (0.9, 0.75)),
        (slanted, (0.1, 0.1), (0.9, 0.3)),
    ]:
        for edge in ({}, SHARP):
            assert len(visits_of(walking(begin, end, 10), polygon, **edge)) <= 1


@pytest.mark.parametrize("edge", [{}, SHARP], ids=["hysteresis", "sharp"])
def test_a_path_through_a_corner_or_touching_one_is_stable(edge: dict[str, object]) -> None:
    diamond = zone("diamond", (0.5, 0.25), (0.75, 0.5), (0.5, 0.75), (0.25, 0.5))
    across = path((0.125, 0.5), (0.25, 0.5), (0.5, 0.5), (0.75, 0.5), (0.875, 0.5), step=2000)
    (visit,) = visits_of(across, diamond, **edge)
    assert (visit.enter_ms, visit.leave_ms) == (2000, 6000)
    assert visits_of(path((0.125, 0.25), (0.5, 0.25), (0.875, 0.25), step=2000), diamond, **edge) == []


def test_a_short_step_out_is_no_end_but_a_long_or_a_far_one_is() -> None:
    def out(widths: float, seconds: float) -> list[Record]:
        there = walking((0.5, 0.5), (0.74, 0.5), 3)
        gone = walking((0.75 + widths * WIDTH,) * 2, (0.75 + widths * WIDTH,) * 2, seconds, start=3200)
        gone = [(time, standing_at(0.75 + widths * WIDTH, 0.5)) for time, _ in gone]
        return [*there, *gone, *walking((0.74, 0.5), (0.5, 0.5), 3, start=gone[-1][0] + STEP)]

    assert len(visits_of(out(widths=0.45, seconds=30))) == 1
    assert len(visits_of(out(widths=0.9, seconds=0.5))) == 1
    assert len(visits_of(out(widths=0.6, seconds=2))) == 2
    assert len(visits_of(out(widths=1.2, seconds=0.5))) == 2


def test_who_passes_through_a_zone_narrower_than_a_body_has_visited_it() -> None:
    strip = rectangle("strip", 0.5, 0, 0.5 + WIDTH / 2, 1)
    assert len(visits_of(walking((0.2, 0.5), (0.8, 0.5), 4), strip)) == 1
    assert len(visits_of(walking((0.2, 0.5), (0.8, 0.5), 40), strip)) == 1


def test_one_who_is_not_seen_for_a_while_makes_one_visit() -> None:
    walk = walking((0.4, 0.5), (0.6, 0.5), 20)
    hidden = [record for record in walk if not 5000 < record[0] < 7900]
    assert visits_of(hidden) == visits_of(walk)
    long_hidden = [record for record in walk if not 5000 < record[0] < 8300]
    assert [(visit.began, visit.ended) for visit in visits_of(long_hidden)] == [
        ("appeared", "disappeared"),
        ("appeared", "disappeared"),
    ]
    assert visits_of(long_hidden, bridge_seconds=5) == visits_of(walk)


def test_records_of_a_face_alone_change_nothing() -> None:
    walk = walking((0.1, 0.5), (0.9, 0.5), 20)
    faces: list[Record] = [(time + 10, None) for time, _ in walk]
    assert visits_of([*walk, *faces]) == visits_of(walk)
    assert visits_of(faces) == []


def test_visits_shorter_than_the_least_dwell_are_left_out() -> None:
    walk = walking((0.1, 0.5), (0.9, 0.5), 8)
    assert len(visits_of(walk, least_dwell_seconds=4.9)) == 1
    assert visits_of(walk, least_dwell_seconds=5.1) == []


def test_where_a_person_stands_is_the_feet_or_the_middle_of_the_box() -> None:
    low = rectangle("low", 0, 0.5, 1, 1)
    box = [(time, (0.4, 0.35, 0.1, 0.2)) for time in range(0, 3000, STEP)]
    assert len(visits_of(box, low)) == 1
    assert visits_of(box, low, stands_at="centre") == []


def test_a_person_whose_feet_are_below_the_picture_stands_at_its_lower_edge() -> None:
    below = [(time, (0.4, 0.8, 0.1, 0.4)) for time in range(0, 3000, STEP)]
    assert len(visits_of(below, rectangle("low", 0, 0.5, 1, 1))) == 1


inner_places = st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99))


@given(people(inner_places), polygons())
def test_dwell_is_the_time_that_a_sampled_path_is_within(
    records: list[Record], polygon: list[Position]
) -> None:
    # On an edge exactly, a side has to be chosen.
    edges = edges_of(polygon, closed=True)
    assume(all(distance(edges, box[0] + box[2] / 2, box[1] + box[3], 1) > 1e-9 for _, box in records if box))
    found = visits_of(records, zone("z", *polygon), **SHARP)
    samples, within = 200, 0.0
    places = [(time, box[0] + box[2] / 2, box[1] + box[3]) for time, box in records if box is not None]
    for (begin, ax, ay), (end, bx, by) in pairwise(places):
        if end - begin <= 3000:
            points = [(k + 0.5) / samples for k in range(samples)]
            inner = sum(
                _winds_round(polygon, ax + part * (bx - ax), ay + part * (by - ay)) for part in points
            )
            within += inner / samples * (end - begin)
    steps = sum(after[0] - before[0] for before, after in pairwise(places) if after[0] - before[0] <= 3000)
    assert sum(visit.dwell_ms for visit in found) == pytest.approx(within, abs=2 + 10 * steps / samples)


def _winds_round(polygon: list[Position], x: float, y: float) -> bool:
    """Whether the polygon's angles seen from inside its border add up to a whole turn."""
    angles = [atan2(py - y, px - x) for px, py in polygon]
    turns = [(b - a + pi) % (2 * pi) - pi for a, b in pairwise([*angles, angles[0]])]
    return abs(sum(turns)) > pi


def _jittering(seconds: int) -> list[Record]:
    noise = Random(0)
    return swaying(lambda _: (0.25 + noise.gauss(0, WIDTH / 4), 0.5), seconds)


def test_jitter_costs_in_proportion_to_the_records(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = [0, 0]
    for run, seconds in enumerate((100, 1000)):

        def counted(*arguments: Any, run: int = run) -> float:
            measured[run] += 1
            return distance(*arguments)

        monkeypatch.setattr("pipeline.answers.geometry.hysteresis.distance", counted)
        visits_of([*walking((0.5, 0.5), (0.3, 0.5), 3, start=-3100), *_jittering(seconds)])
    assert 0 < measured[1] < 15 * measured[0]


@given(anyone, st.randoms(use_true_random=False))
def test_records_may_come_in_any_order(records: list[Record], random: Random) -> None:
    mixed = records[:]
    random.shuffle(mixed)
    assert visits_of(mixed) == visits_of(records)


@given(anyone, polygons(), st.integers(0, 7), st.booleans())
def test_a_polygon_may_start_anywhere_and_go_either_way_round(
    records: list[Record], polygon: list[Position], turn: int, back: bool
) -> None:
    turned = polygon[turn % len(polygon) :] + polygon[: turn % len(polygon)]
    turned = turned[::-1] if back else turned
    assert visits_of(records, zone("z", *turned)) == visits_of(records, zone("z", *polygon))


@given(jittering_people())
def test_another_zone_elsewhere_changes_nothing(records: list[Record]) -> None:
    other = rectangle("other", 0.3, 0.1, 0.9, 0.6)
    together = questions_of(zones=[MIDDLE, other]).answers_of(7, records).visits
    assert [visit for visit in together if visit.zone == "middle"] == visits_of(records)


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=2, max_size=20),
    st.booleans(),
)
def test_the_mirrored_scene_has_the_mirrored_answers(numbers: list[tuple[int, int]], upright: bool) -> None:
    # These never lie on the zone's edges, where one side has to be chosen.
    points = [((4 * x + 1) / 4096, (4 * y + 2) / 4096) for x, y in numbers]
    mirrored = [(1 - x, y) if upright else (x, 1 - y) for x, y in points]
    corners = [(0.25, 0.25), (0.625, 0.375), (0.75, 0.75), (0.5, 0.5)]
    turned = [(1 - x, y) if upright else (x, 1 - y) for x, y in corners]

    def answers(places: list[Position], polygon: list[Position]) -> list[tuple[int, int]]:
        centred = [
            (time, (x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT)) for time, (x, y) in enumerate(places)
        ]
        records = [(time * 700, box) for time, box in centred]
        found = visits_of(records, zone("z", *polygon), stands_at="centre")
        return [(visit.enter_ms, visit.leave_ms) for visit in found]

    for one, other in zip(answers(points, corners), answers(mirrored, turned), strict=True):
        assert one == pytest.approx(other, abs=1)


def test_crossings_of_a_circle_of_many_corners_are_where_the_circle_is() -> None:
    count = 200
    circle = [
        (0.5 + 0.25 * cos(2 * pi * k / count), 0.5 + 0.25 * sin(2 * pi * k / count)) for k in range(count)
    ]
    (visit,) = visits_of(walking((0, 0.5), (1, 0.5), 20.1), zone("circle", *circle))
    assert (visit.enter_ms, visit.leave_ms) == pytest.approx((5025, 15_075), abs=10)
