"""A scripted tracking endpoint: the wire form of the two operations over computed people.

Serves any number of records without keeping one, and fails where the script says so. Every record follows
from its number, so that what was collected can be checked record by record.

python -m testing.scripted_rekognition --people 10 --hours 6   (prints its URL and serves until ended)
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any

from testing.loopback import QuietHandler, served

HZ = 15
_FACE = {
    "BoundingBox": {"Width": 0.02, "Height": 0.03, "Left": 0.5, "Top": 0.25},
    "Landmarks": [{"Type": kind, "X": 0.5, "Y": 0.26} for kind in ("eyeLeft", "eyeRight", "nose")],
    "Pose": {"Roll": 1.5, "Yaw": -7.25, "Pitch": 3.0},
    "Quality": {"Brightness": 51.5, "Sharpness": 78.25},
    "Confidence": 99.5,
}


@dataclass(frozen=True)
class People:
    """`count` people in view all the time: `records` each at `hz`, a face on every `face_every`-th.

    `frame_rate` is their video's, in Hz.
    """

    count: int
    records: int
    face_every: int = 10
    hz: Fraction | int = HZ
    frame_rate: float = 30.0

    @property
    def total(self) -> int:
        return self.count * self.records

    def timestamp(self, place: int) -> int:
        """The time in ms of a person's record number `place`, in time order."""
        return 1000 * place // self.hz

    def record(self, person: int, rank: int) -> dict[str, Any]:
        """Record number `rank` of a person by descending confidence, which is any order but that of time."""
        place = (rank * _coprime(self.records) + 7 * person) % self.records
        angle = place / 300 + person
        box = {
            "Width": 0.0625,
            "Height": 0.25,
            "Left": 0.45 + 0.4 * math.sin(angle),
            "Top": 0.35 + 0.3 * math.cos(1.7 * angle),
        }
        record: dict[str, Any] = {"Index": person, "BoundingBox": box}
        if self.face_every and place % self.face_every == 0:
            record["Face"] = _FACE
        return {"Timestamp": self.timestamp(place), "Person": record}

    def page(self, first: int, most: int) -> list[dict[str, Any]]:
        """Records `first` and following, sorted by INDEX."""
        return [
            self.record(*divmod(place, self.records)) for place in range(first, min(first + most, self.total))
        ]


@cache
def _coprime(records: int) -> int:
    """A step that visits each of so many places once."""
    return next(step for step in range(records * 5 // 8 + 1, 0, -1) if math.gcd(step, records) == 1)


@dataclass
class Job:
    """One job. The script may change its `status`."""

    id: str
    request: dict[str, Any]
    people: People
    status: str = "IN_PROGRESS"
    status_message: str | None = None


@dataclass
class ScriptedTracking:
    """The endpoint's state and script.

    Attributes:
        people: those in the video of a job started from now on.
        open_limit: how many jobs may be in progress at once.
        readable: whether an object can be read, by its request's S3Object.
        after_start: called with each new job, in a thread of its own.
        calls: every (operation, request) received.
        faults: per operation, answers to give instead: (status, error code, message).
        before_page: called before each page is answered.
    """

    people: People = field(default_factory=lambda: People(2, 30))
    open_limit: int = 20
    readable: Callable[[dict[str, Any]], bool] = lambda _: True
    after_start: Callable[[Job], None] | None = None
    before_page: Callable[[Job], None] | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: dict[str, deque[tuple[int, str, str]]] = field(default_factory=dict)
    most_open: int = 0
    url: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)
    _generation: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def fail_next(
        self, operation: str, code: str, times: int = 1, status: int = 400, message: str = ""
    ) -> None:
        """Answer the next `times` calls of an operation with an error."""
        fault = (status, code, message or f"{code} by script.")
        self.faults.setdefault(operation, deque()).extend([fault] * times)

    def expire_tokens(self) -> None:
        """No page token given so far is accepted any more."""
        self._generation += 1

    def finish(self, job: Job, status: str = "SUCCEEDED", message: str | None = None) -> None:
        """End a job."""
        with self._lock:
            job.status, job.status_message = status, message

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """HTTP status and body for one call."""
        with self._lock:
            self.calls.append((operation, request))
            if self.faults.get(operation):
                status, code, message = self.faults[operation].popleft()
                return status, _error(code, message)
            if operation == "StartPersonTracking":
                return self._start(request)
        return self._get(request)

    def _start(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        token = request.get("ClientRequestToken", str(uuid.uuid4()))
        if token in self._tokens:
            job = self.jobs[self._tokens[token]]
            if job.request != request:
                return 400, _error("IdempotentParameterMismatchException", "The token is already in use.")
            return 200, {"JobId": job.id}
        if not self.readable(request["Video"]["S3Object"]):
            return 400, _error("InvalidS3ObjectException", "Unable to get object metadata from S3.")
        in_progress = sum(job.status == "IN_PROGRESS" for job in self.jobs.values())
        if in_progress >= self.open_limit:
            message = f"{in_progress} open Jobs for User ARN, Maximum limit: {self.open_limit}"
            return 400, _error("LimitExceededException", message)
        self.most_open = max(self.most_open, in_progress + 1)
        job = Job(hashlib.sha256(token.encode()).hexdigest(), request, self.people)
        self.jobs[job.id] = job
        self._tokens[token] = job.id
        if self.after_start:
            threading.Thread(target=self.after_start, args=(job,), daemon=True).start()
        return 200, {"JobId": job.id}

    def _get(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        job = self.jobs.get(request["JobId"])
        if job is None:
            return 400, _error("ResourceNotFoundException", "Could not find JobId")
        if self.before_page:
            self.before_page(job)
        body: dict[str, Any] = {
            "JobStatus": job.status,
            "JobId": job.id,
            "JobTag": job.request.get("JobTag"),
            "Video": job.request["Video"],
        }
        if job.status_message:
            body["StatusMessage"] = job.status_message
        if job.status != "SUCCEEDED":
            return 200, body | {"Persons": []}
        first, most = 0, min(request.get("MaxResults", 1000), 1000)
        if request.get("NextToken"):
            generation, first = json.loads(base64.b64decode(request["NextToken"]))
            if generation != self._generation:
                return 400, _error("InvalidPaginationTokenException", "Invalid Pagination Token")
        if first + most < job.people.total:
            token = json.dumps([self._generation, first + most])
            body["NextToken"] = base64.b64encode(token.encode()).decode()
        metadata = {
            "Codec": "h264",
            "DurationMillis": job.people.timestamp(job.people.records),
            "Format": "QuickTime / MOV",
            "FrameRate": job.people.frame_rate,
            "FrameHeight": 1080,
            "FrameWidth": 1920,
            "ColorRange": "LIMITED",
        }
        return 200, body | {"VideoMetadata": metadata, "Persons": job.people.page(first, most)}


@contextmanager
def serve(script: ScriptedTracking) -> Iterator[ScriptedTracking]:
    """Serve the script on a free loopback port, given in its `url`."""
    with served(_handler_of(script)) as url:
        script.url = url
        yield script


def _handler_of(script: ScriptedTracking) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.body())
            operation = self.headers["X-Amz-Target"].removeprefix("RekognitionService.")
            status, answer = script.answer(operation, request)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
            self.end_headers()
            # The caller may have been killed meanwhile.
            with suppress(ConnectionError):
                self.wfile.write(body)

    return Handler


def _error(code: str, message: str) -> dict[str, Any]:
    return {"__type": code, "Code": code, "Message": message, "Logref": str(uuid.uuid4())}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--hours", type=float, default=6)
    options = parser.parse_args()
    people = People(options.people, int(options.hours * 3600 * HZ))

    with serve(ScriptedTracking(people=people)) as script:
        script.after_start = script.finish
        print(script.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
