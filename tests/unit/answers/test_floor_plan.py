"""From the picture to metres: the fit, points that are wrong, and what people did in metres."""

from __future__ import annotations

from math import hypot
from random import Random

import pytest

from pipeline.answers.approaches import closest_approaches
from pipeline.answers.geometry.plane import Position
from pipeline.answers.geometry.walk import Walk
from pipeline.answers.movement import FloorTrack, Movement, movement_of
from pipeline.answers.scenes.floor_plan import Correspondence, FloorPlan, FloorPlanError
from tests.unit.answers.walks import Record, path, questions_of, walking


def seen_at(x: float, y: float) -> Position:
    """Where a camera that looks down a hall sees a point of the floor."""
    depth = 5 + y
    return 0.5 + x / depth, 0.2 + 2 / depth


def points(noise: float = 0, seed: int = 0, count: int = 12) -> list[Correspondence]:
    random = Random(seed)
    grid = [(x, y) for y in (0.0, 4.0, 8.0, 12.0) for x in (-2.0, 0.0, 2.0)][:count]
    return [
        Correspondence(seen_at(x, y), (x + random.gauss(0, noise), y + random.gauss(0, noise)))
        for x, y in grid
    ]


def error_of(plan: FloorPlan) -> float:
    worst = 0.0
    for x in (-2.0, 1.0, 2.0):
        for y in (0.0, 5.0, 12.0):
            place = plan.metres(*seen_at(x, y))
            assert place is not None
            worst = max(worst, hypot(place[0] - x, place[1] - y))
    return worst


CORNERS = [points()[number] for number in (0, 2, 9, 11)]


def test_four_points_fit_exactly() -> None:
    plan = FloorPlan.fitted(CORNERS)
    assert error_of(plan) < 1e-6
    assert plan.worst_metres < 1e-6


def test_more_points_share_out_their_noise_and_the_error_is_reported() -> None:
    plan = FloorPlan.fitted(points(noise=0.05))
    assert error_of(plan) < 0.25
    assert 0.01 < plan.rms_metres < 0.1
    assert plan.rms_metres <= plan.worst_metres


@pytest.mark.parametrize("wrong", [[3], [0, 7], [2, 5, 11]])
def test_points_that_contradict_the_others_are_left_out(wrong: list[int]) -> None:
    all_points = points(noise=0.01)
    for number in wrong:
        x, y = all_points[number].metres
        all_points[number] = Correspondence(all_points[number].picture, (y + 3, x - 3))
    plan = FloorPlan.fitted(all_points)
    assert set(plan.left_out) >= set(wrong)
    assert error_of(plan) < 0.2


def test_the_origin_of_the_metres_may_be_far_away() -> None:
    moved = [Correspondence(p.picture, (p.metres[0] + 5e5, p.metres[1] + 5.9e6)) for p in points(noise=0.01)]
    plan = FloorPlan.fitted(moved)
    place = plan.metres(*seen_at(1, 5))
    assert place is not None
    assert place == pytest.approx((5e5 + 1, 5.9e6 + 5), abs=0.1)
    assert plan.worst_metres < 0.1


def test_nothing_is_on_the_floor_above_the_horizon() -> None:
    plan = FloorPlan.fitted(CORNERS)
    assert plan.metres(0.5, 0.19) is None
    assert plan.metres(0.5, 0.3) is not None


@pytest.mark.parametrize(
    "useless",
    [
        CORNERS[:3],
        [CORNERS[0]] * 4,
        [Correspondence((k / 9, k / 9), (k, 2 * k)) for k in range(9)],
        [*CORNERS[:2], Correspondence((0.3, 0.3), (1, 1)), Correspondence((0.3, 0.3), (1, 1))],
    ],
    ids=["three", "the same", "on a line", "two the same"],
)
def test_points_that_determine_no_plan_are_refused(useless: list[Correspondence]) -> None:
    with pytest.raises(FloorPlanError):
        FloorPlan.fitted(useless)


def moved(records: list[Record]) -> tuple[Movement, FloorTrack]:
    return movement_of(0, Walk(records, "feet", 3000), FloorPlan.fitted(CORNERS))


def test_a_walk_of_ten_metres_at_a_metre_a_second() -> None:
    walk = path(*(seen_at(0, 0.0667 * k) for k in range(150)))
    movement, _ = moved(walk)
    assert movement.metres == pytest.approx(9.94, abs=0.3)
    assert movement.mean_speed == pytest.approx(1, abs=0.05)
    assert movement.top_speed == pytest.approx(1, abs=0.05)


def test_a_jittering_box_walks_nowhere() -> None:
    noise = Random(0)
    walk = path(*(seen_at(noise.gauss(0, 0.03), 2 + noise.gauss(0, 0.03)) for _ in range(900)))
    assert moved(walk)[0].metres == 0


def test_the_closest_approach_is_between_the_seconds_too() -> None:
    plan = FloorPlan.fitted(CORNERS)

    def track(person: int, begin: Position, end: Position) -> FloorTrack:
        places = [
            seen_at(begin[0] + (end[0] - begin[0]) * k / 100, begin[1] + (end[1] - begin[1]) * k / 100)
            for k in range(101)
        ]
        return movement_of(person, Walk(path(*places, step=50), "feet", 3000), plan)[1]

    tracks = [track(4, (0, 0), (0, 10)), track(1, (0.5, 9), (0.5, -1)), track(2, (2.9, 0), (2.9, 10))]
    (approach,) = closest_approaches(tracks)
    assert (approach.person, approach.other) == (1, 4)
    assert approach.metres == pytest.approx(0.5, abs=0.02)
    assert approach.at_ms == pytest.approx(2250, abs=20)
    assert closest_approaches(tracks[::-1]) == [approach]


def test_people_at_different_times_never_met() -> None:
    plan = FloorPlan.fitted(CORNERS)
    tracks = [
        movement_of(person, Walk(walking(seen_at(0, 1), seen_at(0, 2), 4, start=start), "feet", 3000), plan)[
            1
        ]
        for person, start in enumerate((0, 10_000, 20_000))
    ]
    assert closest_approaches(tracks) == []


def test_a_gap_of_ten_thousand_years_takes_no_longer_than_one_of_seconds() -> None:
    far = 10**14
    plan = FloorPlan.fitted(CORNERS)
    records = [
        *walking(seen_at(0, 1), seen_at(0, 2), 4),
        *walking(seen_at(0, 1), seen_at(0, 2), 4, start=far),
    ]
    near_by = walking(seen_at(1, 1), seen_at(1, 2), 4, start=far)
    tracks = [movement_of(n, Walk(each, "feet", 3000), plan)[1] for n, each in enumerate((records, near_by))]
    (approach,) = closest_approaches(tracks)
    assert approach.metres == pytest.approx(1, abs=1e-6)
    assert approach.at_ms >= far


def test_a_scene_with_a_floor_answers_in_metres() -> None:
    floor = [{"picture": point.picture, "metres": point.metres} for point in CORNERS]
    answers = questions_of(floor=floor).answers_of(5, walking(seen_at(0, 0), seen_at(0, 8), 8))
    assert answers.movement is not None
    assert answers.movement.person == 5
    assert answers.movement.metres == pytest.approx(8, abs=0.3)
    assert questions_of().answers_of(5, walking((0.1, 0.1), (0.9, 0.9), 8)).movement is None
