"""GetPersonTracking over stored records: however a caller pages, it gets the whole, once, in order."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import errors
from engine.api.get_person_tracking import GetPersonTracking
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import Found, Status, Submission
from engine.jobs.table import JobsTable
from engine.storage.results import Results

TOTAL = 2345
METADATA = {
    "Codec": "h264",
    "DurationMillis": 1000,
    "FrameRate": 29.97,
    "FrameWidth": 640,
    "FrameHeight": 480,
}


class Caller:
    """GetPersonTracking on one finished job, and another job beside it."""

    def __init__(self, aws: Any) -> None:
        name = f"pages-{uuid.uuid4().hex}"
        aws.client("s3").create_bucket(Bucket=name)
        aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.jobs = JobsTable(aws.table(name))
        self._s3, self._bucket = aws.client("s3"), name
        self._get = GetPersonTracking(self.jobs, DetectionTurns(aws.table(name)), aws.client("s3"), name)
        self.job, self.other = self.finish(TOTAL), self.finish(TOTAL)

    def accept(self) -> str:
        return self.jobs.accept(Submission("videos", "a.mp4", "f", tag="tag"), Found('"e"', None), 20)

    def finish(self, total: int) -> str:
        job = self.accept()
        self.jobs.planned(job, METADATA, 1)
        for order in ("TIMESTAMP", "INDEX"):
            Results(self._s3, self._bucket, job).write(
                order, (record(order, number) for number in range(total))
            )
        self.jobs.linked(job, 1, total)
        self.jobs.complete(job, Status.SUCCEEDED)
        return job

    def get(self, job: str | None = None, **request: Any) -> dict[str, Any]:
        return self._get({"JobId": job or self.job, **request}, None)


@pytest.fixture(scope="module")
def caller(aws: Any) -> Caller:
    return Caller(aws)


@pytest.mark.parametrize("order", ["TIMESTAMP", "INDEX"])
@given(sizes=st.lists(st.integers(1, 1500), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_the_concatenation_of_pages_of_any_sizes_is_the_whole(
    caller: Caller, order: str, sizes: list[int]
) -> None:
    found: list[Any] = []
    token: str | None = ""
    for turn in range(TOTAL + 1):
        size = max(sizes[turn % len(sizes)], 100 if turn > 20 else 1)
        page = caller.get(SortBy=order, MaxResults=size, NextToken=token)
        assert len(page["Persons"]) <= min(size, 1000)
        found += page["Persons"]
        token = page.get("NextToken")
        if token is None:
            break
    assert found == [json.loads(record(order, number)) for number in range(TOTAL)]


def test_the_same_token_gives_the_same_page_again(caller: Caller) -> None:
    token = caller.get(MaxResults=700)["NextToken"]
    assert (
        caller.get(MaxResults=9, NextToken=token)["Persons"]
        == caller.get(MaxResults=9, NextToken=token)["Persons"]
    )


def test_the_page_that_reaches_the_end_exactly_has_no_token(caller: Caller) -> None:
    token = caller.get(MaxResults=1000)["NextToken"]
    token = caller.get(MaxResults=1000, NextToken=token)["NextToken"]
    last = caller.get(MaxResults=TOTAL - 2000, NextToken=token)
    assert len(last["Persons"]) == TOTAL - 2000
    assert "NextToken" not in last


def test_another_jobs_token_is_refused(caller: Caller) -> None:
    token = caller.get(caller.other, MaxResults=1)["NextToken"]
    with pytest.raises(errors.InvalidPaginationTokenError):
        caller.get(MaxResults=1, NextToken=token)


def test_a_token_is_of_its_order(caller: Caller) -> None:
    token = caller.get(MaxResults=1, SortBy="INDEX")["NextToken"]
    with pytest.raises(errors.InvalidPaginationTokenError):
        caller.get(MaxResults=1, NextToken=token)


def test_a_finished_job_of_no_people_has_no_records_and_no_token(caller: Caller) -> None:
    answer = caller.get(caller.finish(0))
    assert answer["JobStatus"] == "SUCCEEDED"
    assert answer["Persons"] == []
    assert "NextToken" not in answer


def test_a_job_under_way_tells_only_that(caller: Caller) -> None:
    job = caller.accept()
    caller.jobs.planned(job, METADATA, 3)
    answer = caller.get(job)
    assert answer["JobStatus"] == "IN_PROGRESS"
    assert answer["Persons"] == []
    assert answer["VideoMetadata"] is None


def test_a_failed_job_tells_why(caller: Caller) -> None:
    job = caller.accept()
    caller.jobs.complete(job, Status.FAILED, "Unsupported codec/format.")
    answer = caller.get(job)
    assert (answer["JobStatus"], answer["StatusMessage"]) == ("FAILED", "Unsupported codec/format.")


def test_a_job_that_never_was_is_not_found(caller: Caller) -> None:
    with pytest.raises(errors.ResourceNotFoundError):
        caller.get("0" * 64)


def record(order: str, number: int) -> bytes:
    return json.dumps({"Timestamp": number, "Person": {"Index": len(order)}}).encode()
