"""Zones that fill the picture share out all the time seen, to the millisecond, whatever the path."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.answers.walks import (
    SHARP,
    Record,
    crude_places,
    jittering_people,
    partitions,
    path,
    people,
    questions_of,
    rectangle,
    seen_ms,
    zone,
)

QUARTERS = [
    rectangle("a", 0, 0, 0.5, 0.5),
    rectangle("b", 0.5, 0, 1, 0.5),
    rectangle("c", 0, 0.5, 0.5, 1),
    rectangle("d", 0.5, 0.5, 1, 1),
]
UNEVEN = [
    rectangle("a", 0, 0, 0.375, 1),
    zone("b", (0.375, 0), (1, 0), (1, 1), (0.75, 1), (0.625, 0.5), (0.375, 0.25)),
    zone("c", (0.375, 0.25), (0.625, 0.5), (0.75, 1), (0.375, 1)),
]
"""A corner of one in the middle of the other's side, and a concave one."""

anyone = people() | people(crude_places) | jittering_people()


@pytest.mark.parametrize("zones", [QUARTERS, UNEVEN], ids=["quarters", "uneven"])
@pytest.mark.parametrize("edge", [{}, SHARP], ids=["hysteresis", "sharp"])
@given(records=anyone)
def test_dwell_in_a_partition_adds_up_to_the_time_seen(
    zones: list[dict[str, Any]], edge: dict[str, Any], records: list[Record]
) -> None:
    visits = questions_of(zones=zones, **edge).answers_of(0, records).visits
    assert sum(visit.dwell_ms for visit in visits) == seen_ms(records)


@given(zones=partitions(), records=anyone)
def test_so_it_does_in_any_partition(zones: list[dict[str, Any]], records: list[Record]) -> None:
    visits = questions_of(zones=zones).answers_of(0, records).visits
    assert sum(visit.dwell_ms for visit in visits) == seen_ms(records)
    # And nobody is in two places at once.
    visits.sort(key=lambda visit: visit.enter_ms)
    assert all(a.leave_ms <= b.enter_ms for a, b in itertools.pairwise(visits))


@given(records=anyone, stands_at=st.sampled_from(["feet", "centre"]))
def test_a_zone_of_the_whole_picture_has_everyone_all_the_time(records: list[Record], stands_at: str) -> None:
    asked = questions_of(zones=[rectangle("all", 0, 0, 1, 1)], stands_at=stands_at)
    assert sum(visit.dwell_ms for visit in asked.answers_of(0, records).visits) == seen_ms(records)


def test_one_who_cuts_a_corner_of_the_next_zone_is_in_it_between_both() -> None:
    zones = [rectangle("a", 0.25, 0.25, 0.5, 0.75), rectangle("b", 0.5, 0.25, 0.75, 0.75)]
    corner = path((0.375, 0.5), (0.49, 0.265), (0.52, 0.235), (0.52, 0.1), step=1000)
    first, second = questions_of(zones=zones).answers_of(0, corner).visits
    assert (first.zone, second.zone) == ("a", "b")
    assert first.leave_ms == second.enter_ms
    assert 0 < second.dwell_ms < 200
