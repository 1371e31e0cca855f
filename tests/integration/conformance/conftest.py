"""Real clients against the deployed engine: boto3 and the AWS CLI through the loopback endpoint.

Objects are named without a video's suffix, so that the pipeline beside the engine leaves them alone.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from engine.jobs.model import Found, Status, Submission
from engine.jobs.table import JobsTable
from engine.storage.results import Results
from testing.clips import make_clip
from testing.people import face_clip
from testing.people import people_clip as people_clip_file
from tools.endpoint.engine_api import Api
from tools.endpoint.server import serve
from tools.target import Target

RECORDS = 2500
METADATA = {
    "Codec": "h264",
    "DurationMillis": 100_000,
    "Format": "QuickTime / MOV",
    "FrameRate": 29.97,
    "FrameHeight": 480,
    "FrameWidth": 640,
    "ColorRange": "LIMITED",
}


@dataclass(frozen=True)
class Engine:
    """The engine as a caller has it, and its stores as only a test reaches them."""

    target: Target
    url: str
    variables: dict[str, str]

    @property
    def rekognition(self) -> Any:
        return self._rekognition(parameter_validation=True)

    @property
    def unvalidated(self) -> Any:
        """A client that checks nothing before it sends."""
        return self._rekognition(parameter_validation=False)

    @property
    def videos(self) -> str:
        return self.target.output("VideosBucket")

    @property
    def table(self) -> Any:
        return self.target.resource("dynamodb").Table(self.variables["JOBS_TABLE"])

    @property
    def jobs(self) -> JobsTable:
        return JobsTable(self.table)

    def put(self, content: bytes) -> dict[str, Any]:
        """Stores an object; returns the Video that names it."""
        key = f"conformance/{uuid.uuid4().hex}"
        self.target.client("s3").put_object(Bucket=self.videos, Key=key, Body=content)
        return {"S3Object": {"Bucket": self.videos, "Name": key}}

    def wait(self, job_id: str, seconds: float = 240) -> dict[str, Any]:
        """The first page of the job once it is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer: dict[str, Any] = self.rekognition.get_person_tracking(JobId=job_id)
            if answer["JobStatus"] != "IN_PROGRESS":
                return answer
            time.sleep(0.3)
        raise AssertionError(f"The job is still under way after {seconds} s")

    def accept(self, **asked: Any) -> str:
        """A job in the table with no execution behind it."""
        submission = Submission(**{"bucket": self.videos, "key": "a", "fingerprint": "f", **asked})
        job_id = self.jobs.accept(submission, Found('"e"', None), max_open=1000)
        self.jobs.started(job_id)
        return job_id

    def finish(self, records: int) -> str:
        """A finished job with that many records in both orders, written as the engine writes them."""
        job_id = self.accept(tag="conformance")
        self.jobs.planned(job_id, METADATA, 1)
        results = Results(self.target.client("s3"), self.variables["WORK_BUCKET"], job_id)
        for order in ("TIMESTAMP", "INDEX"):
            results.write(order, (record(order, number) for number in range(records)))
        self.jobs.linked(job_id, 10, records)
        self.jobs.complete(job_id, Status.SUCCEEDED)
        return job_id

    def post(
        self, target: str | None, body: str, content_type: str = "application/x-amz-json-1.1"
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        """A call by hand: status, headers, parsed body."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=60)
        headers = {"Content-Type": content_type, **({"X-Amz-Target": target} if target else {})}
        connection.request("POST", "/", body.encode(), headers)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        connection.close()
        return answer.status, dict(answer.getheaders()), content

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The AWS CLI in a process of its own."""
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        return subprocess.run(
            [
                str(Path(sys.executable).with_name("aws")),
                "rekognition",
                *arguments,
                "--endpoint-url",
                self.url,
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _rekognition(self, *, parameter_validation: bool) -> Any:
        return boto3.client(
            "rekognition",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(
                parameter_validation=parameter_validation,
                retries={"mode": "standard", "total_max_attempts": 1},
                read_timeout=60,
            ),
        )


def record(order: str, number: int) -> bytes:
    """Ten people in turn by time, one after the other by index."""
    timestamp, index = (number // 10, number % 10) if order == "TIMESTAMP" else (number % 250, number // 250)
    box = {"Width": 0.1, "Height": 0.2, "Left": 0.3, "Top": round(number / RECORDS, 6)}
    return json.dumps({"Timestamp": timestamp * 66, "Person": {"Index": index, "BoundingBox": box}}).encode()


@pytest.fixture(scope="session")
def engine(stack: Target) -> Iterator[Engine]:
    api = Api(stack)
    configuration = stack.client("lambda").get_function_configuration(FunctionName=api.function)
    server = serve(api, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield Engine(stack, url, configuration["Environment"]["Variables"])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def long_job(engine: Engine) -> str:
    """A finished job of 2,500 records."""
    return engine.finish(RECORDS)


@pytest.fixture(scope="session")
def people_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Six seconds of the demo clip, as it is."""
    return people_clip_file(tmp_path_factory.mktemp("people") / "people.avi", 6).read_bytes()


@pytest.fixture(scope="session")
def people_video(engine: Engine, people_clip: bytes) -> dict[str, Any]:
    return engine.put(people_clip)


@pytest.fixture(scope="session")
def people_job(engine: Engine, people_video: dict[str, Any]) -> str:
    """A job the engine really ran, on a video of people, with a tag."""
    job_id = engine.rekognition.start_person_tracking(Video=people_video, JobTag="people:1/a")["JobId"]
    assert engine.wait(job_id)["JobStatus"] == "SUCCEEDED"
    return str(job_id)


@pytest.fixture(scope="session")
def face_job(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A job the engine really ran, on a video of a person near enough to have a face."""
    video = engine.put(face_clip(tmp_path_factory.mktemp("face") / "face.mp4").read_bytes())
    job_id = engine.rekognition.start_person_tracking(Video=video)["JobId"]
    assert engine.wait(job_id)["JobStatus"] == "SUCCEEDED"
    return str(job_id)


@pytest.fixture(scope="session")
def empty_scene(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A video of two seconds with nobody in it."""
    return engine.put(make_clip(tmp_path_factory.mktemp("empty") / "empty.mp4", frames=50).read_bytes())


@pytest.fixture
def all_jobs_open(engine: Engine) -> Iterator[int]:
    """As many open jobs as the engine takes; what is open already counts."""
    limit = int(engine.variables["MAX_OPEN_JOBS"])
    opened = [engine.accept() for _ in range(limit - _open_jobs(engine))]
    yield limit
    for job_id in opened:
        engine.jobs.complete(job_id, Status.FAILED, "Opened by a test.")


def _open_jobs(engine: Engine) -> int:
    return len(engine.table.get_item(Key={"PK": "OPEN"}, ConsistentRead=True).get("Item", {}).get("Jobs", ()))
