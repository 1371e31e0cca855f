"""Turns to detect on a DynamoDB: callers that race, turns not given back, and the steps that take turns."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.shares import LEASE_SECONDS, READING_SECONDS, Budget

TEN = Budget(functions=8, reading=4)


@pytest.fixture
def turns(table: Any, clock: Callable[[], float]) -> DetectionTurns:
    return DetectionTurns(table, clock)


def version(table: Any) -> int:
    return int(table.get_item(Key={"PK": "TURNS"}).get("Item", {}).get("Version", 0))


def test_of_twenty_jobs_that_ask_at_once_two_detect(table: Any, clock: Callable[[], float]) -> None:
    def ask(number: int) -> int:
        return DetectionTurns(table, clock).ask(f"job{number}", 4, TEN)

    with ThreadPoolExecutor(10) as pool:
        waits = list(pool.map(ask, range(20)))
    assert waits.count(0) == 2


def test_a_turn_given_back_is_the_next_ones(turns: DetectionTurns) -> None:
    assert [turns.ask(job_id, 4, TEN) for job_id in "ab"] == [0, 0]
    assert turns.ask("c", 4, TEN) > 0
    turns.ended("a", read=False)
    assert turns.ask("c", 4, TEN) == 0


def test_asking_again_for_a_turn_one_has_changes_no_other(turns: DetectionTurns) -> None:
    for job_id in "aabb":
        assert turns.ask(job_id, 4, TEN) == 0


def test_the_last_segments_of_a_job_leave_room_for_the_next(turns: DetectionTurns) -> None:
    for job_id in "ab":
        turns.ask(job_id, 4, TEN)
    turns.keep("a", 3)
    assert turns.ask("c", 4, TEN) > 0
    turns.keep("a", 2)
    assert turns.ask("c", 4, TEN) == 0


def test_a_job_that_goes_on_detecting_keeps_its_turn_and_one_that_died_does_not(
    turns: DetectionTurns, clock: Any
) -> None:
    for job_id in ("working", "dead"):
        turns.ask(job_id, 4, TEN)
    for _ in range(2):
        clock.now += 0.6 * LEASE_SECONDS
        turns.keep("working", 100)
    assert turns.ask("next", 4, TEN) == 0
    assert turns.ask("another", 4, TEN) > 0


def test_most_segments_write_nothing(turns: DetectionTurns, table: Any) -> None:
    turns.ask("a", 4, TEN)
    before = version(table)
    for left in range(50, 3, -1):
        turns.keep("a", left)
    assert version(table) == before


def test_a_segment_of_a_job_without_a_turn_changes_nothing(turns: DetectionTurns, table: Any) -> None:
    """As of an execution that was started by a state machine without turns."""
    turns.keep("old", 3)
    assert version(table) == 0


def test_readers_have_room_until_the_last_page_or_until_they_stop(turns: DetectionTurns, clock: Any) -> None:
    for job_id in "abcd":
        turns.ask(job_id, 4, TEN)
    turns.ended("a", read=True)
    turns.ended("b", read=True)
    turns.ask("c", 4, TEN)
    assert turns.ask("d", 4, TEN) > 0
    turns.page_read("a", last=True)
    assert turns.ask("d", 4, TEN) == 0
    turns.ended("c", read=False)
    clock.now += 0.5 * READING_SECONDS
    turns.page_read("b", last=False)
    clock.now += 0.6 * READING_SECONDS
    assert turns.ask("e", 8, Budget(functions=8, reading=4)) > 0
    clock.now += READING_SECONDS
    assert turns.ask("e", 8, Budget(functions=8, reading=4)) == 0


def test_pages_of_one_reader_write_once_in_a_while(turns: DetectionTurns, table: Any) -> None:
    for _ in range(30):
        turns.page_read("a", last=False)
    assert version(table) == 1
