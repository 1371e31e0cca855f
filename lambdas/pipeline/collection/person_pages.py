"""GetPersonTracking, page after page, as whole people: one of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline import messages
from pipeline.collection.person_spool import PersonSpool
from pipeline.errors import (
    JobFailedError,
    JobInProgressError,
    JobNotFoundError,
    OutOfTimeError,
    TokenExpiredError,
    UnsortedPersonsError,
)
from pipeline.rekognition import error_codes
from pipeline.runtime.deadline import Deadline
from pipeline.storage.checkpoint import Position
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_rekognition.client import RekognitionClient

Page = Mapping[str, Any]
"""The answer of GetPersonTracking."""

_PAGE_RECORDS = 1000
"""Records asked for in a page: the contract's most."""


def read_page(client: RekognitionClient, job_id: str, token: str | None) -> Page:
    """One page of records sorted by person; the first where `token` is None.

    Raises `JobError` for a job that has none to give, and `TokenExpiredError`.
    """
    try:
        page = client.get_person_tracking(
            JobId=job_id, SortBy="INDEX", MaxResults=_PAGE_RECORDS, **({"NextToken": token} if token else {})
        )
    except ClientError as error:
        code = code_of(error)
        if code == error_codes.TOKEN_EXPIRED:
            raise TokenExpiredError(messages.TOKEN_EXPIRED) from error
        if code == error_codes.NOT_FOUND:
            raise JobNotFoundError(error_codes.reason_of(error)) from error
        raise
    if page["JobStatus"] == "FAILED":
        raise JobFailedError(page.get("StatusMessage") or messages.JOB_FAILED_WITHOUT_REASON)
    if page["JobStatus"] != "SUCCEEDED":
        raise JobInProgressError(messages.JOB_IN_PROGRESS.format(status=page["JobStatus"]))
    return page


def read_persons(
    fetch: Callable[[str | None], Page], start: Position, deadline: Deadline
) -> Iterator[tuple[PersonSpool, Position | None]]:
    """People from `start` on, each with the position of the next (None after the last).

    A spool is closed once the next person is asked for. Raises `OutOfTimeError` when the deadline comes
    between two pages, `UnsortedPersonsError` when a person comes after one of a higher index.
    """
    token, skip = start.token, start.skip
    spool: PersonSpool | None = None
    try:
        while True:
            if deadline.has_come():
                raise OutOfTimeError(messages.OUT_OF_TIME)
            page = fetch(token)
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
