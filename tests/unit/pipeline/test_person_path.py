"""Building a person's path: times, distance, bounds, and the two simplified forms."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.path.person_path import (
    _MOST_HELD,
    MOST_OVERVIEW_POINTS,
    MOST_POINTS,
    TOLERANCE,
    PathBuilder,
    PersonPath,
)
from pipeline.path.points import Box, Point
from pipeline.path.time_in_view import gap_millis
from shared.links import PathLinks
from tests.unit.pipeline.test_simplification import spans
from tests.unit.pipeline.walks import farthest, random_walk

_ratios = st.floats(-0.5, 1.5)
_paths = st.lists(st.tuples(_ratios, _ratios, _ratios, _ratios), max_size=60).map(
    lambda boxes: [(66 * place, *box) for place, box in enumerate(boxes)]
)


def _builder(points: list[Point], aspect: float = 2.0) -> PathBuilder:
    builder = PathBuilder(7, aspect)
    for ms, *box in points:
        builder.add(ms, tuple(box))  # type: ignore[arg-type]
    return builder


def _built(records: Sequence[tuple[int, Box | None]], faces: int = 0, aspect: float = 2.0) -> PersonPath:
    builder = PathBuilder(7, aspect)
    for ms, box in records:
        builder.add(ms, box)
    return builder.finish(faces)


def _winding_walk(count: int) -> list[Point]:
    return [
        (1000 * k // 15, 0.5 + 0.4 * math.sin(k / 40), 0.3 + 0.1 * math.cos(k / 7), 0.1, 0.4)
        for k in range(count)
    ]


@given(spans)
def test_every_box_left_out_lies_within_the_tolerance_of_the_path(span: list[Point]) -> None:
    path = _builder(span).finish()
    (kept,) = path.spans
    assert [point for point in span if point in kept] == kept
    assert (kept[0], kept[-1]) == (span[0], span[-1])
    assert farthest(span, kept) <= TOLERANCE * 1.001


def test_a_straight_walk_is_two_boxes() -> None:
    path = _built([(n * 100, (n / 1000, 0.4, 0.1, 0.3)) for n in range(500)])
    assert [point[0] for point in path.spans[0]] == [0, 49_900]


def test_a_gap_breaks_the_path_and_does_not_count_as_seen() -> None:
    box = (0.1, 0.1, 0.1, 0.1)
    path = _built([(0, box), (500, box), (1000, box), (2001, box), (2501, box)])
    assert [[point[0] for point in span] for span in path.spans] == [[0, 1000], [2001, 2501]]
    assert path.seconds_seen == 1.5
    assert (path.first_ms, path.last_ms) == (0, 2501)


@pytest.mark.parametrize(
    ("frame_rate", "gap"),
    [(None, 1000), (0, 1000), (30.0, 1000), (1.5, 1000), (1.0, 1500), (0.5, 3000), (1 / 120, 180_000)],
)
def test_an_absence_is_longer_than_a_second_and_than_a_frame_and_a_half(
    frame_rate: float | None, gap: int
) -> None:
    assert gap_millis(frame_rate) == gap


@pytest.mark.parametrize("frame_rate", [0.1, 0.5, 1000 / 1001, 1.0, 1.2])
def test_a_person_in_every_frame_of_a_slow_video_is_seen_all_the_time(frame_rate: float) -> None:
    box = (0.1, 0.1, 0.1, 0.1)
    times = [int(1000 * n / frame_rate) for n in range(20)]
    builder = PathBuilder(7, 2.0, gap_millis(frame_rate))
    for ms in [*times, times[-1] + 2 * times[1], times[-1] + 3 * times[1]]:
        builder.add(ms, box)
    path = builder.finish()
    assert [(span[0][0], span[-1][0]) for span in path.spans] == [
        (0, times[-1]),
        (times[-1] + 2 * times[1], times[-1] + 3 * times[1]),
    ]
    assert path.seconds_seen == (times[-1] + times[1]) / 1000


def test_a_jittering_box_covers_no_distance() -> None:
    rng = random.Random(3)
    still = [(n * 66, (0.4 + rng.gauss(0, 0.002), 0.4 + rng.gauss(0, 0.002), 0.1, 0.3)) for n in range(5000)]
    assert _built(still).distance < 0.2


def test_distance_is_in_frame_widths_of_the_feet() -> None:
    down = _built([(n * 100, (0.2, n / 100, 0.1, 0.0)) for n in range(101)], aspect=2.0)
    assert down.distance == pytest.approx(0.5, abs=0.02)


def test_the_first_of_several_boxes_at_one_time_counts() -> None:
    path = _built([(0, (0.1, 0, 0, 0)), (0, (0.9, 0, 0, 0)), (100, (0.1, 0, 0, 0))])
    assert path.spans == [[(0, 0.1, 0, 0, 0), (100, 0.1, 0, 0, 0)]]


def test_a_person_of_whom_only_a_face_was_seen_has_times_and_no_path() -> None:
    path = _built([(100, None), (200, None)], faces=2)
    assert (path.first_ms, path.last_ms, path.faces, path.spans, path.seconds_seen) == (100, 200, 2, [], 0.1)


def test_a_person_without_records_is_an_error() -> None:
    with pytest.raises(ValueError, match="person 7"):
        PathBuilder(7, 2.0).finish()


def test_six_hours_of_one_person_are_held_in_bounded_memory() -> None:
    builder, most = PathBuilder(0, 2.0), 0
    for ms, *box in random_walk(324_000 // 8, every=66 * 8):
        builder.add(ms, tuple(box))  # type: ignore[arg-type]
        most = max(most, builder._held)
    path = builder.finish()
    assert most <= _MOST_HELD
    assert path.points <= MOST_POINTS
    assert (path.first_ms, path.last_ms) == (0, path.spans[-1][-1][0])


def test_a_flickering_person_is_held_in_bounded_memory() -> None:
    path = _built([(n * 1500, (0.1, 0.1, 0.1, 0.1)) for n in range(9_000)])
    assert path.points <= MOST_POINTS
    assert path.seconds_seen == 0


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 100])
def test_reducing_keeps_to_the_limit_and_both_ends(limit: int) -> None:
    path = _builder([*random_walk(400), *random_walk(400, seed=2, start=90_000)]).finish()
    reduced = path.reduced(limit)
    assert reduced.points <= max(limit, 2)
    assert reduced.spans[0][0] == path.spans[0][0]
    assert reduced.spans[-1][-1] == path.spans[-1][-1]
    assert reduced.seconds_seen == path.seconds_seen


def test_a_packed_path_keeps_its_links_and_that_none_are_known() -> None:
    for links in (None, PathLinks(), PathLinks.of([[200, 0.7], [900, 0.95]])):
        assert PersonPath.unpack(_built([(0, (0, 0, 1, 1))]).pack()).links is None
        path = replace(_built([(0, (0, 0, 1, 1))]), links=links)
        assert PersonPath.unpack(path.pack()).links == links


def test_a_packed_path_comes_back_the_same() -> None:
    path = _builder([*random_walk(300), (90_000, 0.5, 0.5, 0.1, 0.1)]).finish(faces=4)
    back = PersonPath.unpack(path.pack())
    assert back.spans[0][0][0] == path.spans[0][0][0]
    for mine, theirs in zip(path.spans, back.spans, strict=True):
        for point, other in zip(mine, theirs, strict=True):
            assert other == pytest.approx(point, abs=1e-6)
    path.spans = back.spans = []
    assert back == path


def test_a_winding_walks_overview_stays_within_a_thousandth_of_the_frame() -> None:
    walk = _winding_walk(200)
    kept = _builder(walk).overview()
    assert len(kept) < MOST_OVERVIEW_POINTS
    assert farthest(walk, kept) <= 0.001 * 1.001


def test_the_overview_of_six_hours_is_two_hundred_points_with_both_ends() -> None:
    walk = _winding_walk(6 * 3600 * 15)
    kept = _builder(walk).overview()
    assert len(kept) == MOST_OVERVIEW_POINTS
    assert (kept[0], kept[-1]) == (walk[0], walk[-1])


def test_the_overview_of_many_minutes_spends_its_points_where_the_path_bends() -> None:
    walk = random_walk(15 * 60 * 10)
    kept = _builder(walk).overview()
    assert len(kept) == MOST_OVERVIEW_POINTS
    assert farthest(walk, kept) < farthest(walk, [*walk[:: len(walk) // 199], walk[-1]]) / 1.5


@given(_paths)
def test_the_overview_has_points_in_order_and_within_the_tolerance(path: list[Point]) -> None:
    kept = _builder(path).overview()
    assert [point for point in path if point in kept] == kept
    if len(kept) > 1:
        assert farthest(path, kept) <= 0.001 * 1.001


@given(_paths)
def test_the_hull_holds_every_box(path: list[Point]) -> None:
    bounds = _builder(path).hull()
    if not path:
        assert bounds is None
        return
    assert bounds is not None
    for _, left, top, width, height in path:
        assert left >= bounds["Left"] - 1e-6
        assert top >= bounds["Top"] - 1e-6
        assert left + width <= bounds["Left"] + bounds["Width"] + 3e-6
        assert top + height <= bounds["Top"] + bounds["Height"] + 3e-6
