"""GetPersonTracking, page after page, as whole persons: one in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pipeline.collection.person_spool import PersonSpool
from pipeline.rekognition import errors
from pipeline.runtime.deadline import Deadline
from pipeline.storage.checkpoint import Position
from shared.aws_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_rekognition.client import RekognitionClient

Page = Mapping[str, Any]


class JobFailedError(Exception):
    """The job has failed; the text is its StatusMessage."""


class JobRunningError(Exception):
    """The job is still in progress, whatever the message said."""


class JobGoneError(Exception):
    """The service does not know the job, or no longer."""


class TokenExpiredError(Exception):
    """The page's token is no longer accepted: begin again at page 1."""


class OutOfTimeError(Exception):
    """The invocation's time is running low in the middle of a person."""


class UnsortedError(Exception):
    """The pages are not person after person."""


def read_page(client: RekognitionClient, job_id: str, token: str | None) -> Page:
    """One page of at most 1000 records sorted by person. Raises one of this module's errors for a job without
    any.
    """
    try:
        page = client.get_person_tracking(
            JobId=job_id, SortBy="INDEX", MaxResults=1000, **({"NextToken": token} if token else {})
        )
    except ClientError as error:
        code = code_of(error)
        if code == errors.TOKEN_EXPIRED:
            raise TokenExpiredError from error
        if code == errors.NOT_FOUND:
            raise JobGoneError(errors.reason_of(error)) from error
        raise
    if page["JobStatus"] == "FAILED":
        raise JobFailedError(page.get("StatusMessage") or "The tracking job failed without saying why.")
    if page["JobStatus"] != "SUCCEEDED":
        raise JobRunningError(page["JobStatus"])
    return page


def read_persons(
    fetch: Callable[[str | None], Page], start: Position, deadline: Deadline
) -> Iterator[tuple[PersonSpool, Position | None]]:
    """Persons from `start` on, each with the position of the next (None after the last).

    A spool is closed once the next person is asked for. Raises OutOfTimeError when the deadline comes between
    two pages, UnsortedError when a person comes after one of a higher index.
    """
    token, skip = start.token, start.skip
    spool: PersonSpool | None = None
    try:
        while True:
            if deadline.has_come():
                raise OutOfTimeError
            page = fetch(token)
            for place, record in enumerate(page["Persons"][skip:], skip):
                index = record["Person"]["Index"]
                if spool is not None and index != spool.index:
                    if index < spool.index:
                        raise UnsortedError(f"Person {index} came after person {spool.index}.")
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
