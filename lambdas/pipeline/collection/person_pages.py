"""Pages of results as whole people: one of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pipeline import messages
from pipeline.collection.person_spool import PersonSpool
from pipeline.errors import OutOfTimeError, UnsortedPersonsError
from pipeline.rekognition.result_page import Page
from pipeline.runtime.deadline import Deadline
from pipeline.storage.checkpoint import Position


def read_persons(
    fetch: Callable[[str | None], Page], start: Position, deadline: Deadline
) -> Generator[tuple[PersonSpool, Position | None], None, None]:
    """People from `start` on, each with the position of the next (None after the last).

    A spool is closed once the next person is asked for. While one page is worked on, the next is fetched.
    Raises `OutOfTimeError` when the deadline comes between two pages, `UnsortedPersonsError` when a person
    comes after one of a higher index.
    """
    records = _records(fetch, start, deadline)
    spool: PersonSpool | None = None
    try:
        for token, place, record in records:
            index = record["Person"]["Index"]
            if spool is not None and index != spool.index:
                if index < spool.index:
                    raise UnsortedPersonsError(
                        messages.PERSONS_UNSORTED.format(index=index, previous=spool.index)
                    )
                yield spool, Position(token, place)
                spool.close()
                spool = None
            if spool is None:
                spool = PersonSpool(index)
            spool.add(record)
        if spool is not None:
            yield spool, None
    finally:
        if spool is not None:
            spool.close()
        records.close()


def _records(
    fetch: Callable[[str | None], Page], start: Position, deadline: Deadline
) -> Generator[tuple[str | None, int, Any], None, None]:
    """Records from `start` on, each with its page's token and its place in the page."""
    token, skip = start.token, start.skip
    ahead = ThreadPoolExecutor(1)

    def begun(token: str | None) -> Future[Page] | None:
        return None if deadline.has_come() else ahead.submit(fetch, token)

    try:
        coming = begun(token)
        while True:
            if coming is None:
                raise OutOfTimeError(messages.OUT_OF_TIME)
            page = coming.result()
            following = page.get("NextToken")
            if following:
                coming = begun(following)
            for place, record in enumerate(page["Persons"][skip:], skip):
                yield token, place, record
            if not following:
                return
            token, skip = following, 0
    finally:
        # Not waited for: the page after the last one wanted may take as long as a call's retries do.
        ahead.shutdown(wait=False, cancel_futures=True)
