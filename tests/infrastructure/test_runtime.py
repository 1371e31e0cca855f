"""What is deployed, run as AWS runs it, from an upload to a video's tracks.

The zips for AWS under AWS's own runtime client on Lambda's Python, with nothing else installed, nothing to
write in but a folder of scratch, and each function's own memory. Behind it stand the embedded AWS's storage
and queues; the test plays Lambda, and Step Functions.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.packaging.platforms import LAMBDA_PYTHON
from testing.errors import FunctionFailedError
from testing.lambda_poller import as_event
from testing.lambda_runtime import Function, LambdaRuntime, lambda_runtime
from testing.people import face_clip
from testing.pipeline_environment import EmbeddedPipeline
from testing.scripted_rekognition import ScriptedTracking
from tests.infrastructure.interpreters import PLATFORMS, Unzip, python_of_lambda
from tests.infrastructure.template import Template
from tools.embedded.embedded_aws import EmbeddedAws

_LOCK_FILE = Path(__file__).with_name("runtime_client") / "requirements.txt"
_MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:engine"


@dataclass
class Account:
    """The functions of an account, each started when it is first called."""

    start: Callable[[str], LambdaRuntime]
    executions: list[dict[str, str]] = field(default_factory=list)

    def call(self, module: str, event: Any) -> Any:
        return self.start(module).invoke(event)


@contextmanager
def _served(account: Account) -> Iterator[str]:
    """The two services that the embedded AWS cannot play here: Lambda's Invoke and StartExecution."""

    class Services(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers.get("X-Amz-Target") == "AWSStepFunctions.StartExecution":
                account.executions.append(body)
                answer: Any = {"executionArn": _MACHINE + ":" + body["name"], "startDate": time.time()}
            else:
                answer = account.call("engine.handlers.api", body)
            sent = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def platform() -> str:
    """`aws`, or the machine's own where Lambda's Python is missing."""
    if python_of_lambda() is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        warnings.warn(f"No Python {LAMBDA_PYTHON} here: the functions run on {version}.", stacklevel=1)
        return "host"
    return "aws"


@pytest.fixture(scope="module")
def client(platform: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AWS's runtime client for the interpreter."""
    folder = tmp_path_factory.mktemp("runtime-client")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", *PLATFORMS[platform].pip_options]
    installed = subprocess.run(
        [*command, "--target", str(folder), "--requirement", str(_LOCK_FILE)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "No matching distribution" in installed.stderr:
        pytest.skip("AWS's runtime client is not built for this machine")
    assert installed.returncode == 0, installed.stderr
    return folder


@pytest.fixture(scope="module")
def pipeline(empty_aws: EmbeddedAws) -> EmbeddedPipeline:
    """Storage, queues and topic; the tracking behind it is the engine."""
    return EmbeddedPipeline(empty_aws.endpoint, ScriptedTracking(url="engine"))


@pytest.fixture(scope="module")
def account(
    pipeline: EmbeddedPipeline,
    template: Template,
    platform: str,
    client: Path,
    unzip: Unzip,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Account]:
    jobs = f"jobs-{uuid.uuid4().hex[:8]}"
    pipeline.dynamodb.create_table(
        TableName=jobs,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    work = f"{pipeline.name}-work"
    pipeline.s3.create_bucket(Bucket=work)
    known = {**pipeline.environment, "JOBS_TABLE": jobs, "WORK_BUCKET": work, "STILLS_BUCKET": work}
    known |= {"ENGINE_FUNCTION": "engine-api", "STATE_MACHINE_ARN": _MACHINE}
    python = python_of_lambda() if platform == "aws" else sys.executable
    assert python

    with ExitStack() as running:

        @cache
        def start(module: str) -> LambdaRuntime:
            resource = template.function(f"{module}.handler")
            variables = dict(resource["Environment"]["Variables"])
            del variables["POWERTOOLS_TRACE_DISABLED"]  # functions on AWS are traced
            environment = {
                name: value if isinstance(value, str) and name not in known else known[name]
                for name, value in variables.items()
            }
            aws = {name: value for name, value in pipeline.environment.items() if name.startswith("AWS_")}
            urls = {"AWS_ENDPOINT_URL_LAMBDA": services, "AWS_ENDPOINT_URL_SFN": services}
            function = Function(
                f"{module}.handler",
                {**aws, **urls, **environment},
                resource["MemorySize"],
                resource["Timeout"],
            )
            scratch = tmp_path_factory.mktemp(module)
            package = unzip("engine" if module.startswith("engine") else "pipeline", platform)
            return running.enter_context(lambda_runtime(python, client, package, function, scratch))

        account = Account(start)
        services = running.enter_context(_served(account))
        yield account


def _received(pipeline: EmbeddedPipeline, queue_url: str) -> dict[str, Any]:
    messages = pipeline.sqs.receive_message(
        QueueUrl=queue_url, WaitTimeSeconds=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    return as_event(messages)


def test_a_video_goes_from_its_upload_to_its_tracks(
    account: Account, pipeline: EmbeddedPipeline, unzip: Unzip, platform: str, tmp_path: Path
) -> None:
    packages = {unzip("pipeline", platform), unzip("engine", platform)}
    before = {package: _listing(package) for package in packages}
    clip = face_clip(tmp_path / "face.mp4")
    video = pipeline.upload("face.mp4", clip.read_bytes())
    nothing_failed: dict[str, list[Any]] = {"batchItemFailures": []}
    events = "pipeline.handlers.start_tracking"
    while pipeline.status(video) is None:  # S3's test event comes first
        assert account.call(events, _received(pipeline, pipeline.upload_queue)) == nothing_failed
    (execution,) = account.executions
    job = json.loads(execution["input"])

    planned = account.call("engine.handlers.plan", job)
    listed = pipeline.s3.get_object(**planned["Segments"])["Body"].read()
    for item in json.loads(listed):
        account.call("engine.handlers.detect", {"JobId": job["JobId"], "Segment": item["Segment"]})
    account.call("engine.handlers.link", job)
    assert account.call("engine.handlers.finish", job)["Status"] == "SUCCEEDED"
    completion = _received(pipeline, pipeline.collect_queue)
    assert account.call("pipeline.handlers.collect_tracks", completion) == nothing_failed

    meta = pipeline.meta(video)
    assert meta
    assert (meta["Status"], meta["PeopleCount"]) == ("SUCCEEDED", 1)
    (person,) = pipeline.items(video, "PERSON#")
    assert person["FacesSeen"] > 0
    assert {"detections.jsonl.gz", "manifest.json", "report.html"} <= set(pipeline.objects(video))
    assert account.call("pipeline.handlers.reconcile_jobs", {})["missed videos"] == 0
    assert {package: _listing(package) for package in packages} == before


def _listing(folder: Path) -> set[tuple[str, int]]:
    return {(str(file), file.stat().st_mtime_ns) for file in folder.rglob("*") if file.is_file()}


def test_no_function_comes_near_its_memory(account: Account) -> None:
    """After a whole video; a larger one is for the benches."""
    for module in (
        *(f"pipeline.handlers.{name}" for name in ("start_tracking", "collect_tracks", "reconcile_jobs")),
        *(f"engine.handlers.{name}" for name in ("api", "plan", "detect", "link", "finish")),
    ):
        runtime = account.start(module)
        assert runtime.peak_megabytes < 0.8 * runtime.function.memory_mb, module


@pytest.mark.parametrize("where", ["beside the code", "in a folder of its own"])
def test_a_function_that_writes_elsewhere_or_takes_more_than_its_memory_fails_here(
    client: Path, platform: str, tmp_path: Path, where: str
) -> None:
    """The limits of these tests take effect: else they would show nothing."""
    package, scratch = tmp_path / "package", tmp_path / "scratch"
    package.mkdir()
    scratch.mkdir()
    place = "open('left-over', 'w')" if where == "beside the code" else "os.mkdir('/tmp/left-over')"
    (package / "greedy.py").write_text(
        "import os\n"
        "def handler(event, context):\n"
        f"    if event == 'write': {place}\n"
        "    if event == 'grow': bytearray(400 * 2**20)\n"
        "    open(os.environ['TMPDIR'] + '/fine', 'w').close()\n"
        "    return 'done'\n"
    )
    python = python_of_lambda() if platform == "aws" else sys.executable
    assert python
    function = Function("greedy.handler", {}, 256, 30)
    with lambda_runtime(python, client, package, function, scratch) as runtime:
        assert runtime.invoke("work") == "done"
        with pytest.raises(FunctionFailedError, match="Read-only file system"):
            runtime.invoke("write")
        with pytest.raises(FunctionFailedError, match="MemoryError"):
            runtime.invoke("grow")
