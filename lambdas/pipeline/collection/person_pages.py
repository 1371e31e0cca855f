"""Pages of results as whole people: one of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor

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
    token, skip = start.token, start.skip
    spool: PersonSpool | None = None
    ahead = ThreadPoolExecutor(1)

    def begun(token: str | None) -> Future[Page] | None:
        return None if deadline.has_come() else ahead.submit(fetch, token)

    try:
        coming = begun(token)
        while True:
            if coming is None:
                raise OutOfTimeError(messages.OUT_OF_TIME)
            page = coming.result()
            if page.get("NextToken"):
                coming = begun(page["NextToken"])
            for place, record in enumerate(page["Persons"][skip:], skip):
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
            token, skip = page.get("NextToken"), 0
            if not token:
                break
        if spool is not None:
            yield spool, None
    finally:
        if spool is not None:
            spool.close()
        # Not waited for: the page after the last one wanted may take as long as a call's retries do.
        ahead.shutdown(wait=False, cancel_futures=True)
