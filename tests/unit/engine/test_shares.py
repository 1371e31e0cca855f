"""Turns to detect: who may, who waits and for how long, and what comes back by itself."""

from __future__ import annotations

import pytest

from engine.jobs.shares import LEASE_SECONDS, MOST_WAITING, READING_SECONDS, Budget, Shares

TEN = Budget(functions=8, reading=4)
NOW = 1_800_000_000_000


def line(**wanted: int) -> Shares:
    """Jobs that came one second after the other."""
    shares = Shares({})
    for seconds, (job_id, functions) in enumerate(wanted.items()):
        shares = shares.waiting(job_id, functions, NOW + 1000 * seconds)
    return shares


def detecting(**held: int) -> Shares:
    shares = Shares({})
    for job_id, functions in held.items():
        shares = shares.detecting(job_id, functions, NOW)
    return shares


def test_as_many_jobs_detect_as_the_budget_has_functions_for() -> None:
    shares = detecting(a=4).waiting("b", 4, NOW)
    assert shares.may_detect("b", TEN)
    shares = shares.detecting("b", 4, NOW).waiting("c", 4, NOW)
    assert not shares.may_detect("c", TEN)


@pytest.mark.parametrize(("left", "may"), [(3, False), (2, True), (1, True)])
def test_a_job_begins_when_half_of_what_it_wants_is_free(left: int, may: bool) -> None:
    assert detecting(a=4, b=left).waiting("c", 4, NOW).may_detect("c", TEN) is may


def test_detecting_leaves_room_for_readers_but_never_stands_still() -> None:
    shares = detecting(a=4).reading("x", NOW).reading("y", NOW)
    assert not shares.waiting("b", 4, NOW).may_detect("b", TEN)
    assert shares.reading("x", NOW).without(["y"]).waiting("b", 4, NOW).may_detect("b", TEN)
    alone = Shares({}).reading("x", NOW).reading("y", NOW).waiting("b", 8, NOW)
    assert alone.may_detect("b", Budget(functions=3, reading=4))


def test_readers_beyond_those_collected_at_once_take_nothing() -> None:
    shares = detecting(a=2)
    for reader in "vwxyz":
        shares = shares.reading(reader, NOW)
    assert shares.waiting("b", 4, NOW).may_detect("b", TEN)


def test_small_jobs_do_not_take_what_a_larger_one_before_them_waits_for() -> None:
    shares = detecting(a=4, b=3).waiting("large", 4, NOW).waiting("small", 1, NOW + 1)
    assert not shares.may_detect("small", TEN)
    assert detecting(a=4, b=3).waiting("small", 1, NOW).may_detect("small", TEN)


def test_who_came_first_asks_most_often_and_nobody_rarer_than_each_minute() -> None:
    shares = line(**{f"job{number:02d}": 4 for number in range(MOST_WAITING)})
    waits = [shares.wait_seconds(job_id, NOW) for job_id in shares.of]
    assert waits == sorted(waits)
    assert waits[0] < 5
    assert waits[-1] == 60


def test_a_job_that_waits_for_a_day_does_not_fill_its_executions_history() -> None:
    shares, asked, now = line(a=4), 0, NOW
    while now < NOW + 24 * 3600 * 1000:
        now += shares.wait_seconds("a", now) * 1000
        asked += 1
    assert asked * 9 < 25_000


def test_a_job_keeps_its_place_in_line_when_it_asks_again() -> None:
    shares = line(a=4, b=4).waiting("a", 4, NOW + 9000)
    assert shares.wait_seconds("a", NOW) < shares.wait_seconds("b", NOW)


def test_a_full_line_takes_no_more_and_says_to_come_back() -> None:
    shares = line(**{f"job{number:02d}": 4 for number in range(MOST_WAITING)})
    assert shares.waiting("late", 4, NOW).of == shares.of
    assert shares.wait_seconds("late", NOW) == 60


def test_what_a_dead_job_had_comes_back() -> None:
    shares = detecting(a=8).waiting("b", 4, NOW).reading("x", NOW)
    assert shares.unexpired(NOW + READING_SECONDS * 1000 - 1).of == shares.of
    assert set(shares.unexpired(NOW + READING_SECONDS * 1000).of) == {"a", "b"}
    assert set(shares.unexpired(NOW + LEASE_SECONDS * 1000 - 1).of) == {"a"}
    assert not shares.unexpired(NOW + LEASE_SECONDS * 1000).of
