"""What a page of GetPersonTracking costs at the start, in the middle and at the end of a long job.

    python -m bench.paging [--pages 3000] [--repeats 15]

Stores a finished job of that many full pages on a throw-away embedded AWS, as the engine does, and asks for
pages as the API function does. Prints a table of medians and exits 1 when the last page is not as fast as
the first.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from engine.api import pagination
from engine.api.get_person_tracking import MAX_RESULTS, GetPersonTracking
from engine.jobs.detection_turns import DetectionTurns
from engine.jobs.model import Found, Status, Submission
from engine.jobs.table import JobsTable
from engine.storage.results import Results
from tools.arguments import Parser
from tools.embedded.embedded_aws import throw_away
from tools.errors import command
from tools.target import Target, embedded

ORDERS = ("TIMESTAMP", "INDEX")
METADATA = {"Codec": "h264", "DurationMillis": 20_000_000, "FrameRate": 29.97}
TOLERANCE = 1.5
"""The last page may take this much longer than the first: the noise of a busy machine."""


def main() -> None:
    arguments = _arguments()
    with throw_away() as aws:
        target = embedded(aws.endpoint)
        jobs, get = _engine(target)
        started = time.perf_counter()
        job_id = _long_job(target, jobs, arguments.pages * MAX_RESULTS)
        print(f"{arguments.pages} pages of {MAX_RESULTS} records in both orders stored in", end=" ")
        print(f"{time.perf_counter() - started:.0f} s")
        slow = False
        print(f"{'order':<12}{'page':>8}{'median ms':>12}")
        for order in ORDERS:
            medians = {}
            for page in (1, arguments.pages // 2, arguments.pages):
                medians[page] = _median_seconds(get, jobs, job_id, order, page, arguments.repeats)
                print(f"{order:<12}{page:>8}{1000 * medians[page]:>12.1f}")
            slow |= medians[arguments.pages] > TOLERANCE * medians[1]
    sys.exit(slow)


def _engine(target: Target) -> tuple[JobsTable, GetPersonTracking]:
    target.client("s3").create_bucket(Bucket="work")
    target.client("dynamodb").create_table(
        TableName="jobs",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = target.resource("dynamodb").Table("jobs")
    jobs = JobsTable(table)
    return jobs, GetPersonTracking(jobs, DetectionTurns(table), target.client("s3"), "work")


def _long_job(target: Target, jobs: JobsTable, records: int) -> str:
    job_id = jobs.accept(Submission("videos", "long.mp4", "f"), Found('"e"', None), 20)
    jobs.planned(job_id, METADATA, 1)
    results = Results(target.client("s3"), "work", job_id)
    for order in ORDERS:
        results.write(order, _records(records))
    jobs.linked(job_id, 10, records)
    jobs.complete(job_id, Status.SUCCEEDED)
    return job_id


def _records(count: int) -> Iterator[bytes]:
    """Ten people at every instant, of the length real records have."""
    for number in range(count):
        left = number % 9973 / 10_000
        yield (
            b'{"Timestamp":%d,"Person":{"Index":%d,"BoundingBox":'
            b'{"Width":0.101562,"Height":0.412345,"Left":%.6f,"Top":0.334912}}}'
        ) % (number // 10 * 66, number % 10, left)


def _median_seconds(
    get: GetPersonTracking, jobs: JobsTable, job_id: str, order: str, page: int, repeats: int
) -> float:
    start = (page - 1) * MAX_RESULTS
    request: dict[str, Any] = {"JobId": job_id, "SortBy": order}
    if start:
        request["NextToken"] = pagination.issue(jobs.find(job_id).secret, order, start)
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        answer = get(request, None)
        times.append(time.perf_counter() - began)
        assert len(answer["Persons"]) == MAX_RESULTS
        assert answer["Persons"][0]["Timestamp"] == start // 10 * 66
    return statistics.median(times)


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="bench.paging", description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--repeats", type=int, default=15)
    return parser.parse_args()


if __name__ == "__main__":
    command(main)
