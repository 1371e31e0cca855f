"""Collect a result no invocation can hold: six hours of ten people, 3.24 million records.

python -m bench.collect [--people 10] [--hours 6] [--kills 5] [--seconds 300]

The real collect_tracks runs in processes of its own, fed from a queue of the embedded AWS as Lambda feeds it,
against a scripted tracking endpoint. It is killed at random pages and its token expires once. Then every
record is looked for in the detections, the persons' files and the paths. Prints one JSON document, with the
processor time of the collector, of the embedded AWS and of the tracking endpoint apart: on this machine they
share what on AWS the collector has alone. Exits with 1 when a record is missing or twice, or an invocation
took 512 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.handlers import start_tracking
from pipeline.video import Video
from testing.lambda_poller import poll_once
from testing.pipeline_environment import EmbeddedPipeline, lambda_process
from testing.scripted_rekognition import HZ, Job, People, ScriptedTracking, serve
from tools.arguments import Parser
from tools.embedded.embedded_aws import throw_away
from tools.errors import command

MEMORY_MEGABYTES = 512
_HANDLER = "pipeline.handlers.collect_tracks.handler"
_HEAD = re.compile(rb'"Timestamp":(\d+),"Person":\{"Index":(\d+)')


@dataclass
class Run:
    """What happened. `saved` are the record counts META showed, in the order it showed them."""

    kills_left: int
    rng: random.Random
    pages_between: int
    pages: int = 0
    kills: int = 0
    expired: bool = False
    invocations: int = 0
    peak_megabytes: float = 0
    saved: list[int] = field(default_factory=list)
    worker: subprocess.Popen[bytes] | None = None
    processor: dict[str, float] = field(default_factory=dict)
    _next_kill: int = 0

    def before_page(self, tracking: ScriptedTracking, total_pages: int) -> None:
        """Kills the worker, or lets its token expire, on pages chosen at random."""
        self.pages += 1
        if not self.expired and self.pages > total_pages // 3:
            self.expired = True
            tracking.expire_tokens()
        if not self._next_kill:
            self._next_kill = self.pages + self.rng.randint(self.pages_between // 2, self.pages_between)
        if self.kills < self.kills_left and self.pages >= self._next_kill and self.worker:
            self._next_kill = 0
            self.kills += 1
            os.kill(self.worker.pid, signal.SIGKILL)


def main() -> None:
    options = _options()
    people = People(options.people, int(options.hours * 3600 * HZ))
    total_pages = -(-people.total // 1000)
    run = Run(options.kills, random.Random(options.seed), max(2, total_pages // (options.kills + 1)))
    with throw_away() as aws, serve(ScriptedTracking(people=people)) as tracking:
        deployed = EmbeddedPipeline(aws.endpoint, tracking, visibility_seconds=3)
        os.environ.update(deployed.environment)
        video, job = _submit(deployed)
        tracking.before_page = lambda _: run.before_page(tracking, total_pages)
        begun, before = time.monotonic(), _processor_seconds(aws.pid)
        deployed.complete(job)
        _collect(deployed, video, run, options.seconds)
        took, after = time.monotonic() - begun, _processor_seconds(aws.pid)
        run.processor = {who: round(after[who] - before[who], 1) for who in after}
        faults = _faults_of(deployed, video, people, run)
    print(json.dumps({**_report(run, people, took), "faults": faults}, indent=2))
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--hours", type=float, default=6)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=300, help="the Lambda function's time-out")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _faults_of(deployed: EmbeddedPipeline, video: Video, people: People, run: Run) -> list[str]:
    """A line for each thing that should not be."""
    faults = [
        *_faults("detections", _count(people, _detections(deployed, video))),
        *_faults("persons", _count(people, _persons(deployed, video, people))),
        *_faults("paths", _count(people, _paths(deployed, video))),
    ]
    meta = deployed.meta(video) or {}
    if (meta.get("PeopleCount"), meta.get("RecordCount")) != (people.count, people.total):
        faults.append(f"META counts {meta.get('PeopleCount')} people, {meta.get('RecordCount')} records")
    if run.peak_megabytes >= MEMORY_MEGABYTES:
        faults.append(f"an invocation took {run.peak_megabytes} MB")
    if deployed.waiting(deployed.collect_dead_letter_queue):
        faults.append("the message is in the dead-letter queue")
    return faults


def _report(run: Run, people: People, seconds: float) -> dict[str, Any]:
    return {
        "people": people.count,
        "records": people.total,
        "pages": run.pages,
        "invocations": run.invocations,
        "killed": run.kills,
        "token expired": run.expired,
        "largest invocation in MB": round(run.peak_megabytes, 1),
        "seconds": round(seconds, 1),
        "records a second": round(people.total / seconds),
        "processor seconds": run.processor,
        "collector's processor, µs a record": round(1e6 * run.processor["collector"] / people.total, 1),
        "progress seen in META": run.saved,
    }


def _submit(deployed: EmbeddedPipeline) -> tuple[Video, Job]:
    video = deployed.upload("six-hours.mp4")
    while deployed.status(video) != "IN_PROGRESS":
        poll_once(deployed.sqs, deployed.upload_queue, start_tracking.handler, wait=1)
    return video, deployed.job_of(video)


def _collect(deployed: EmbeddedPipeline, video: Video, run: Run, seconds: float) -> None:
    """Keep a worker running, a new one whenever one ends, until the video is ready."""
    while "AnnouncedAt" not in (meta := deployed.meta(video) or {}):
        if deployed.waiting(deployed.collect_dead_letter_queue):
            return
        with lambda_process(deployed, deployed.collect_queue, _HANDLER, seconds) as worker:
            run.worker = worker
            while worker.poll() is None:
                meta = deployed.meta(video) or {}
                saved = meta.get("RecordCount", 0)
                if not run.saved or run.saved[-1] != saved:
                    run.saved.append(saved)
                run.peak_megabytes = max(run.peak_megabytes, _megabytes(worker.pid))
                if "AnnouncedAt" in meta or deployed.waiting(deployed.collect_dead_letter_queue):
                    break
                time.sleep(0.5)
        run.invocations = meta.get("LeaseEpoch", 0)


def _count(people: People, records: Iterator[tuple[int, int]]) -> tuple[int, int, int]:
    """How many of the expected records came (once or more), how many came again, and how many are none."""
    place_of = {people.timestamp(place): place for place in range(people.records)}
    seen = [bytearray(people.records) for _ in range(people.count)]
    again = unknown = 0
    for person, millis in records:
        place = place_of.get(millis)
        if place is None or person >= people.count:
            unknown += 1
        elif seen[person][place]:
            again += 1
        else:
            seen[person][place] = 1
    return people.total - sum(map(sum, seen)), again, unknown


def _faults(where: str, counts: tuple[int, int, int]) -> list[str]:
    missing, again, unknown = counts
    return [f"{where}: {missing} missing, {again} twice, {unknown} unknown"] if any(counts) else []


def _detections(deployed: EmbeddedPipeline, video: Video) -> Iterator[tuple[int, int]]:
    body = deployed.s3.get_object(Bucket=deployed.results, Key=f"tracks/{video.id}/detections.jsonl.gz")[
        "Body"
    ]
    yield from _heads(_unzipped(body.iter_chunks(1 << 20)))


def _persons(deployed: EmbeddedPipeline, video: Video, people: People) -> Iterator[tuple[int, int]]:
    for person in range(people.count):
        key = f"tracks/{video.id}/persons/{person:05d}.json"
        yield from _heads(
            deployed.s3.get_object(Bucket=deployed.results, Key=key)["Body"].iter_chunks(1 << 20)
        )


def _paths(deployed: EmbeddedPipeline, video: Video) -> Iterator[tuple[int, int]]:
    for item in _query(deployed, video, "PATH#"):
        person = int(item["Index"]["N"])
        for point in item["Points"]["L"]:
            yield person, int(point["L"][0]["N"])


def _query(deployed: EmbeddedPipeline, video: Video, prefix: str) -> Iterator[dict[str, Any]]:
    for page in deployed.dynamodb.get_paginator("query").paginate(
        TableName=deployed.table,
        KeyConditionExpression="PK = :video AND begins_with(SK, :prefix)",
        ExpressionAttributeValues={":video": {"S": f"VIDEO#{video.id}"}, ":prefix": {"S": prefix}},
    ):
        yield from page["Items"]


def _unzipped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content of gzip members that follow one another."""
    member = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        data = chunk
        while data:
            yield member.decompress(data)
            data = member.unused_data
            if member.eof:
                member = zlib.decompressobj(wbits=31)


def _heads(chunks: Iterator[bytes]) -> Iterator[tuple[int, int]]:
    """(person, timestamp) of each record, a record a line."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if found := _HEAD.search(line):
                yield int(found[2]), int(found[1])
    if found := _HEAD.search(rest):
        yield int(found[2]), int(found[1])


def _processor_seconds(aws: int) -> dict[str, float]:
    """Used so far: by collectors that have ended, by the embedded AWS of this process id, and by this
    process.
    """
    ended, own = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    found = subprocess.run(["ps", "-o", "time=", "-p", str(aws)], capture_output=True, text=True, check=True)
    days, _, clock = found.stdout.strip().rpartition("-")
    total = float(days or 0) * 86_400
    for place, part in enumerate(reversed(clock.split(":"))):
        total += float(part) * 60**place
    return {
        "collector": ended.ru_utime + ended.ru_stime,
        "embedded AWS": total,
        "tracking endpoint": own.ru_utime + own.ru_stime,
    }


def _megabytes(pid: int) -> float:
    """Resident memory of a process, as `ps` has it."""
    found = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(found.stdout or 0) / 1024


if __name__ == "__main__":
    command(main)
