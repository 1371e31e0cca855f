"""What collecting costs by itself, and how long it takes with the latencies of AWS.

python -m bench.collect_projection [--people 10] [--minutes 20] [--profile]

The real Collector with boto3's real clients, whose prepared requests are answered in this process after a
latency: neither an emulator nor a network takes part, so bench-collect's time less this one is theirs. Prints
processor microseconds a record, and how long 6 hours of 10 people take on one function: computed from those,
and by the clock, which is true only of a machine that does nothing else. Exits with 1 where the computed time
misses the goal. Latencies are assumptions about AWS, given below; a processor second of this machine counts
as one of a Lambda vCPU.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import io
import json
import os
import pstats
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from pydantic_core import to_json

from engine.api import contract
from engine.storage import results
from pipeline.collection.collector import Collector, Progress
from pipeline.collection.lease import Lease
from pipeline.rekognition import engine_transport
from pipeline.runtime.clock import iso
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.garbage_collection import search_rarely
from pipeline.services import Services
from pipeline.storage.video_record import COLLECTING, VideoRecord
from pipeline.video import Video
from testing.lambda_poller import Context
from testing.scripted_rekognition import HZ, People
from tools.arguments import Parser

SIX_HOURS_OF_TEN = 10 * 6 * 3600 * HZ
GOAL_SECONDS = 15 * 60
_PAGES_TIMED = 20

INVOKE, GET_ITEM, GET_OBJECT, PUT_OBJECT, BATCH_WRITE = 0.02, 0.005, 0.03, 0.06, 0.02
"""Seconds of one call on AWS, transfer included. A page takes one of each of the first three."""

_MB_PER_VCPU = 1769
_COLLECT_MB, _API_MB = 1769, 1024
"""Memory of the functions, which decides on their share of a processor (see `infra`)."""

_METADATA = {
    "Codec": "h264",
    "DurationMillis": 21_600_000,
    "Format": "QuickTime / MOV",
    "FrameRate": 30.0,
    "FrameHeight": 1080,
    "FrameWidth": 1920,
}
_ENVIRONMENT = {
    "TRACKS_TABLE": "tracks",
    "RESULTS_BUCKET": "results",
    "RETENTION_DAYS": "30",
    "TRACKING_ENDPOINT": "engine",
    "ENGINE_FUNCTION": "engine-api",
    "COLLECT_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/collects",
    "ANSWERS_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/answers",
}
_CREDENTIALS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    # Else bodies are framed in chunks with a checksum behind, which S3 takes off.
    "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
}


def pages(people: People) -> list[bytes]:
    """The API function's answers, page by page; a page's token is its number."""
    total = -(-people.total // 1000)
    answers = []
    for number in range(total):
        token = {"NextToken": str(number + 1)} if number + 1 < total else {}
        persons = people.page(1000 * number, 1000)
        body = {"JobStatus": "SUCCEEDED", "VideoMetadata": _METADATA, "Persons": persons, **token}
        answer = {"statusCode": 200, "headers": {}, "body": json.dumps(body)}
        answers.append(json.dumps(answer).encode())
    return answers


@dataclass
class Answers:
    """Answers every request of the collector's clients, after the service's latency.

    Keeps what the collector reads back: objects, and the items of people.
    """

    pages: list[bytes]
    latencies: dict[str, float]
    calls: dict[str, int] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    persons: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self) -> None:
        """To every client made from now on."""
        boto3.setup_default_session()
        assert boto3.DEFAULT_SESSION
        for service in self.latencies:
            boto3.DEFAULT_SESSION.events.register(f"before-send.{service}", self)  # type: ignore[arg-type]

    def __call__(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        service, operation = event_name.split(".")[1:3]
        with self._lock:
            self.calls[operation] = self.calls.get(operation, 0) + 1
        time.sleep(self.latencies[service])
        headers: dict[str, str] = {}
        answer = {"lambda": self._page, "dynamodb": self._table, "s3": self._bucket}[service]
        body = answer(operation, request, headers)
        raw = engine_transport._RawResponse(body)
        return AWSResponse(request.url, 200, headers, raw)  # type: ignore[arg-type]

    def _page(self, _: str, request: AWSPreparedRequest, __: dict[str, str]) -> bytes:
        asked = json.loads(json.loads(_bytes(request.body))["body"])
        return self.pages[int(asked.get("NextToken", 0))]

    def _table(self, operation: str, request: AWSPreparedRequest, _: dict[str, str]) -> bytes:
        body = _bytes(request.body)
        if operation == "BatchWriteItem" and b'"PERSON#' in body:
            with self._lock:
                for requests in json.loads(body)["RequestItems"].values():
                    items = [each["PutRequest"]["Item"] for each in requests]
                    self.persons += [item for item in items if item["SK"]["S"].startswith("PERSON#")]
        return json.dumps({"Items": self.persons} if operation == "Query" else {}).encode()

    def _bucket(self, operation: str, request: AWSPreparedRequest, headers: dict[str, str]) -> bytes:
        key = request.url.partition("?")[0]
        if operation == "PutObject":
            self.objects[key] = _bytes(request.body)
        elif operation == "UploadPart":
            _bytes(request.body)
            headers["etag"] = '"part"'
        elif operation == "GetObject":
            return self.objects[key]
        elif operation == "CreateMultipartUpload":
            return b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        elif operation == "CompleteMultipartUpload":
            return b"<CompleteMultipartUploadResult/>"
        elif operation == "ListObjectsV2":
            return b"<ListBucketResult></ListBucketResult>"
        return b""


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    data = body.read() if hasattr(body, "read") else body
    return data.encode() if isinstance(data, str) else bytes(data)


@dataclass(frozen=True)
class Measured:
    """Of one collection: seconds by the clock, of the processor, and calls by operation."""

    wall: float
    processor: float
    calls: dict[str, int]


def collect(prepared: list[bytes], latencies: dict[str, float]) -> Measured:
    answers = Answers(prepared, latencies)
    answers.attach()
    services = Services(CollectTracksEnvironment.read(_ENVIRONMENT))
    now = iso()
    record = VideoRecord(Video("videos", "six-hours.mp4"), COLLECTING, 1, now, now, job_id="0" * 64, epoch=1)
    collector = Collector(services, Lease(services.records, record), Deadline(Context(900)))
    wall, processor = time.perf_counter(), time.process_time()
    progress = collector.run()
    measured = Measured(time.perf_counter() - wall, time.process_time() - processor, answers.calls)
    assert progress is Progress.FINISHED, progress
    return measured


def page_seconds(people: People) -> float:
    """Processor seconds of the API function for one page of 1,000 records."""
    records = people.page(0, 1000)
    member = gzip.compress(b"\n".join(json.dumps(record).encode() for record in records))
    operation = contract.operation_named("RekognitionService.GetPersonTracking")
    begun = time.process_time()
    for _ in range(_PAGES_TIMED):
        answer = {"JobStatus": "SUCCEEDED", "Persons": results._records(member, 0, 1000)}
        json.dumps(to_json(contract.shape_answer(operation, answer)).decode())
    return (time.process_time() - begun) / _PAGES_TIMED


def main() -> None:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--profile", action="store_true", help="where the processor time goes")
    chosen = parser.parse_args()
    os.environ.update(_CREDENTIALS)
    search_rarely()
    people = People(chosen.people, int(chosen.minutes * 60 * HZ))
    prepared = pages(people)
    none = {"lambda": 0.0, "dynamodb": 0.0, "s3": 0.0}
    if chosen.profile:
        _profile(prepared, none)
        return
    of_page = page_seconds(people)
    page = INVOKE + GET_ITEM + GET_OBJECT + of_page * _MB_PER_VCPU / _API_MB
    bare = collect(prepared, none)
    real = collect(prepared, {"lambda": page, "dynamodb": BATCH_WRITE, "s3": PUT_OBJECT})
    processor = bare.processor / people.total
    fetching, working = (
        SIX_HOURS_OF_TEN / 1000 * page,
        SIX_HOURS_OF_TEN * processor * _MB_PER_VCPU / _COLLECT_MB,
    )
    # What is not done beside something else: an object or two a person, of which six hours have ten.
    seconds = max(fetching, working) + 4 * chosen.people * PUT_OBJECT
    report = {
        "records": people.total,
        "collector, processor us a record": round(1e6 * processor, 1),
        "API function, processor ms a page": round(1e3 * of_page, 1),
        "a page on AWS, ms": round(1e3 * page),
        "6 hours of 10 people, minutes": round(seconds / 60, 1),
        "of which fetching pages": round(fetching / 60, 1),
        "beside it the collector's processor": round(working / 60, 1),
        "minutes by the clock here": round(real.wall * SIX_HOURS_OF_TEN / people.total / 60, 1),
        "calls": real.calls,
    }
    print(json.dumps(report, indent=2))
    sys.exit(seconds > GOAL_SECONDS)


def _profile(prepared: list[bytes], latencies: dict[str, float]) -> None:
    profile = cProfile.Profile(time.process_time)
    profile.runcall(collect, prepared, latencies)
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(35)
    print(re.sub(r"/\S*/(site-packages|lambdas)/", "", out.getvalue()))


if __name__ == "__main__":
    main()
