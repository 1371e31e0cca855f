"""Reducing a person's boxes for the report."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import PathBuilder, PersonPath
from pipeline.report.person_path import GAP_MS, POINTS_A_PERSON, TOLERANCE, Box, Point, simplify


def built(records: list[tuple[int, Box | None]], faces: int = 0, aspect: float = 0.5) -> PersonPath:
    builder = PathBuilder(7, aspect)
    for ms, box in records:
        builder.add(ms, box)
    return builder.finish(faces)


def box_at(span: list[Point], ms: int) -> list[float]:
    for before, after in pairwise(span):
        if before[0] <= ms <= after[0]:
            part = (ms - before[0]) / (after[0] - before[0])
            return [a + (b - a) * part for a, b in zip(before[1:], after[1:], strict=True)]
    assert span[0][0] == ms
    return list(span[0][1:])


def walk(count: int, seed: int = 1, every: int = 66) -> list[tuple[int, Box | None]]:
    rng = random.Random(seed)
    x, y = 0.5, 0.5
    records: list[tuple[int, Box | None]] = []
    for number in range(count):
        x, y = x + rng.gauss(0, 0.003), y + rng.gauss(0, 0.003)
        records.append((number * every, (x, y, 0.05, 0.2)))
    return records


ratios = st.floats(-1, 2)
spans = st.lists(st.tuples(ratios, ratios, ratios, ratios), min_size=1, max_size=60).flatmap(
    lambda boxes: st.lists(st.integers(1, GAP_MS), min_size=len(boxes), max_size=len(boxes)).map(
        lambda gaps: [(sum(gaps[: n + 1]), *box) for n, box in enumerate(boxes)]
    )
)


@given(spans)
def test_every_box_skipped_lies_within_the_tolerance_of_the_line_drawn(span: list[Point]) -> None:
    kept = list(simplify(span, TOLERANCE))
    assert set(kept) <= set(span)
    assert kept[0] == span[0]
    assert kept[-1] == span[-1]
    for ms, *box in span:
        for drawn, seen in zip(box_at(kept, ms), box, strict=True):
            assert math.isclose(drawn, seen, abs_tol=TOLERANCE * 1.001)


def test_a_straight_walk_is_two_boxes() -> None:
    path = built([(n * 100, (n / 1000, 0.4, 0.1, 0.3)) for n in range(500)])
    assert [point[0] for point in path.spans[0]] == [0, 49_900]


def test_an_absence_breaks_the_path_and_is_not_counted_as_seen() -> None:
    box = (0.1, 0.1, 0.1, 0.1)
    path = built([(0, box), (500, box), (1000, box), (2001, box), (2501, box)])
    assert [[point[0] for point in span] for span in path.spans] == [[0, 1000], [2001, 2501]]
    assert path.seconds_seen == 1.5
    assert (path.first_ms, path.last_ms) == (0, 2501)


def test_a_trembling_box_walks_nowhere() -> None:
    rng = random.Random(3)
    still = [(n * 66, (0.4 + rng.gauss(0, 0.002), 0.4 + rng.gauss(0, 0.002), 0.1, 0.3)) for n in range(5000)]
    assert built(still).distance < 0.2


def test_distance_is_in_frame_widths_of_the_feet() -> None:
    down = built([(n * 100, (0.2, n / 100, 0.1, 0.0)) for n in range(101)], aspect=0.5)
    assert down.distance == pytest.approx(0.5, abs=0.02)


def test_the_first_of_several_boxes_at_one_time_counts() -> None:
    path = built([(0, (0.1, 0, 0, 0)), (0, (0.9, 0, 0, 0)), (100, (0.1, 0, 0, 0))])
    assert path.spans == [[(0, 0.1, 0, 0, 0), (100, 0.1, 0, 0, 0)]]


def test_a_person_of_whom_only_a_face_was_seen_has_times_and_no_path() -> None:
    path = built([(100, None), (200, None)], faces=2)
    assert (path.first_ms, path.last_ms, path.faces, path.spans, path.seconds_seen) == (100, 200, 2, [], 0.1)


def test_a_person_without_records_is_an_error() -> None:
    with pytest.raises(ValueError, match="person 7"):
        PathBuilder(7, 0.5).finish()


def test_six_hours_of_one_person_are_held_in_bounded_memory() -> None:
    builder, most = PathBuilder(0, 0.5), 0
    for ms, box in walk(324_000 // 8, every=66 * 8):
        builder.add(ms, box)
        most = max(most, builder._kept)
    path = builder.finish()
    assert most <= 2 * POINTS_A_PERSON
    assert path.points <= POINTS_A_PERSON
    assert (path.first_ms, path.last_ms) == (0, path.spans[-1][-1][0])


def test_a_flickering_person_is_held_in_bounded_memory() -> None:
    path = built([(n * 1500, (0.1, 0.1, 0.1, 0.1)) for n in range(9_000)])
    assert path.points <= POINTS_A_PERSON
    assert path.seconds_seen == 0


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 100])
def test_reducing_keeps_to_the_limit_and_both_ends(limit: int) -> None:
    records = walk(400) + [(ms + 90_000, box) for ms, box in walk(400, seed=2)]
    path = built(records)
    reduced = path.reduced(limit)
    assert reduced.points <= max(limit, 2)
    assert reduced.spans[0][0] == path.spans[0][0]
    assert reduced.spans[-1][-1] == path.spans[-1][-1]
    assert reduced.seconds_seen == path.seconds_seen


def test_a_packed_path_comes_back_the_same() -> None:
    path = built([*walk(300), (90_000, (0.5, 0.5, 0.1, 0.1))], faces=4)
    back = PersonPath.unpack(path.pack())
    assert back.spans[0][0][0] == path.spans[0][0][0]
    for mine, theirs in zip(path.spans, back.spans, strict=True):
        for point, other in zip(mine, theirs, strict=True):
            assert other == pytest.approx(point, abs=1e-6)
    path.spans = back.spans = []
    assert back == path
