"""A Lambda function as AWS runs it: its package under AWS's own runtime client, in a bare interpreter.

The package is what lies in the zip; nothing else is importable but the standard library and the client. Files
may be written in the function's own scratch folder alone, as on Lambda in `/tmp`, and its data may not grow
beyond the function's memory.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from testing.errors import FunctionFailedError

_BOOT = """
import errno, os, resource, sys
client, package, handler, scratch, megabytes = sys.argv[1:]
limit = int(megabytes) * 2**20
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate"}

def refuse_writes(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(flags, int) or not flags & WRITES or isinstance(path, int):
            return
    elif event in CHANGES:
        path = arguments[-2] if event in ("os.rename", "os.link", "os.symlink") else arguments[0]
    else:
        return
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    where = os.path.realpath(os.fsdecode(path))
    if not where.startswith((scratch + os.sep, "/dev/", "/proc/")) and where != scratch:
        raise OSError(errno.EROFS, "Read-only file system", where)

sys.addaudithook(refuse_writes)
os.chdir(package)
sys.path[:0] = [package, client]
from awslambdaric.__main__ import main
main(["", handler])
"""
_TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
_ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


@dataclass(frozen=True)
class Function:
    """What CloudFormation says of a function: its handler, environment, memory in MB and timeout in s."""

    handler: str
    environment: Mapping[str, str]
    memory_mb: int
    seconds: int


@dataclass
class LambdaRuntime:
    """A running function: one invocation at a time, in one process, as in one Lambda sandbox."""

    function: Function
    _process: subprocess.Popen[bytes]
    _events: queue.Queue[tuple[str, bytes]]
    _answers: queue.Queue[tuple[str, bytes]]
    _log: Path
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def invoke(self, event: Any) -> Any:
        """The function's answer. Raises FunctionFailedError."""
        with self._one_at_a_time:
            self._events.put((str(uuid.uuid4()), json.dumps(event).encode()))
            end = time.monotonic() + self.function.seconds
            while time.monotonic() < end:
                try:
                    kind, body = self._answers.get(timeout=0.2)
                except queue.Empty:
                    if self._process.poll() is not None:
                        break
                    continue
                if kind == "response":
                    return json.loads(body)
                raise FunctionFailedError(f"{body.decode()}\n{self.log}")
            raise FunctionFailedError(f"{self.function.handler} did not answer.\n{self.log}")

    @property
    def log(self) -> str:
        """What the function printed."""
        return self._log.read_text(errors="replace")

    @property
    def peak_megabytes(self) -> float:
        """The largest resident memory so far, in MB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def lambda_runtime(
    python: str, client: Path, package: Path, function: Function, scratch: Path
) -> Iterator[LambdaRuntime]:
    """Runs a function until the end of the block.

    Args:
        python: the interpreter.
        client: folder with AWS's runtime client, `awslambdaric`, for that interpreter.
        package: the unzipped package.
        function: what to run.
        scratch: an empty folder, the only one it may write in.
    """
    events: queue.Queue[tuple[str, bytes]] = queue.Queue()
    answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _runtime_api(function, events, answers))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    log = scratch.with_suffix(".log")
    name = function.handler
    environment = {
        **function.environment,
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "LAMBDA_TASK_ROOT": str(package),
        "TMPDIR": str(scratch),
        "LANG": "en_US.UTF-8",
    }
    arguments = [str(client), str(package), name, str(scratch.resolve()), str(function.memory_mb)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-I", "-S", "-B", "-c", _BOOT, *arguments], env=environment, stdout=output, stderr=output
        )
    try:
        yield LambdaRuntime(function, process, events, answers, log)
    finally:
        process.kill()
        process.wait()
        server.shutdown()
        server.server_close()


def _runtime_api(
    function: Function,
    events: queue.Queue[tuple[str, bytes]],
    answers: queue.Queue[tuple[str, bytes]],
) -> type[BaseHTTPRequestHandler]:
    """Lambda's runtime API: the client asks for events and posts answers."""

    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            request_id, body = events.get()
            self.send_response(200)
            deadline = int((time.time() + function.seconds) * 1000)
            for header, value in {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": _ARN + function.handler,
                "Lambda-Runtime-Trace-Id": _TRACE,
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
            }.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = _body(self)
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            answers.put((self.path.rpartition("/")[2], body))

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return RuntimeApi


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """The body of a request, whole or in chunks."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length", 0)))
    pieces = []
    while length := int(request.rfile.readline().strip(), 16):
        pieces.append(request.rfile.read(length))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(pieces)
