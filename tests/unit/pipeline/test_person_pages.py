"""Pages become whole persons, and say where the next one begins."""

import threading
from typing import Any

import pytest

from pipeline.collection.person_pages import read_persons
from pipeline.errors import OutOfTimeError, TokenExpiredError, UnsortedPersonsError
from pipeline.rekognition.result_page import Page
from pipeline.runtime.deadline import Deadline
from pipeline.storage.checkpoint import Position
from testing.lambda_poller import Context

_INDEXES = [0, 0, 0, 1, 1, 1, 1, 2]
"""Three persons of 3, 4 and 1 records on pages of 2."""


def _fetch(token: str | None, indexes: list[int] = _INDEXES) -> Page:
    first = int(token or 0)
    persons = [{"Timestamp": first, "Person": {"Index": index}} for index in indexes[first : first + 2]]
    page: dict[str, Any] = {"Persons": persons}
    if first + 2 < len(indexes):
        page["NextToken"] = str(first + 2)
    return page


def _read(start: Position) -> list[tuple[int, int, Position | None]]:
    deadline = Deadline(Context(60))
    return [(spool.index, len(spool), then) for spool, then in read_persons(_fetch, start, deadline)]


def test_each_person_comes_once_and_whole_across_pages() -> None:
    assert [(index, records) for index, records, _ in _read(Position())] == [(0, 3), (1, 4), (2, 1)]


def test_reading_on_from_any_position_gives_what_is_left() -> None:
    whole = _read(Position())
    for place, (_, _, then) in enumerate(whole[:-1]):
        assert then is not None
        assert _read(then) == whole[place + 1 :]
    assert whole[-1][2] is None


def test_no_pages_are_requested_once_time_is_short() -> None:
    requested = []

    def fetch(token: str | None) -> Page:
        requested.append(token)
        return _fetch(token)

    with pytest.raises(OutOfTimeError):
        list(read_persons(fetch, Position(), Deadline(_Clock([10_000, 10_000, 1_000]))))
    assert len(requested) == 1


def test_the_next_page_is_fetched_while_one_is_worked_on() -> None:
    fetched = threading.Event()

    def fetch(token: str | None) -> Page:
        if token == "4":
            fetched.set()
        return _fetch(token)

    pages = read_persons(fetch, Position(), Deadline(Context(60)))
    # The first person ends on the second page; the third is on its way by then.
    assert next(pages)[0].index == 0
    assert fetched.wait(30)
    pages.close()


def test_a_page_that_fails_ahead_fails_in_its_turn() -> None:
    def fetch(token: str | None) -> Page:
        if token == "4":
            raise TokenExpiredError("expired")
        return _fetch(token)

    pages = read_persons(fetch, Position(), Deadline(Context(60)))
    assert next(pages)[0].index == 0
    with pytest.raises(TokenExpiredError):
        list(pages)


def test_unsorted_persons_are_an_error() -> None:
    pages = read_persons(lambda token: _fetch(token, [0, 1, 0]), Position(), Deadline(Context(60)))
    with pytest.raises(UnsortedPersonsError):
        list(pages)


class _Clock:
    """A context whose remaining milliseconds are given."""

    def __init__(self, remaining: list[int]) -> None:
        self._remaining = remaining

    def get_remaining_time_in_millis(self) -> int:
        return self._remaining.pop(0) if len(self._remaining) > 1 else self._remaining[0]
