"""The embedded AWS (ministack): start it on a free loopback port, stop it, leave nothing behind."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.errors import ToolError
from tools.messages import stacks as messages

ROOT = Path(__file__).resolve().parents[2]
INTERPRETER = ROOT / ".local" / "aws-venv" / "bin" / "python"
REGION = "us-east-1"

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0


@dataclass
class EmbeddedAws:
    """A running embedded AWS. `parent_pipe` is open only for a temporary one, which ends when it closes."""

    endpoint: str
    pid: int
    state_dir: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    parent_pipe: int | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.state_dir / "aws.log"

    def stop(self) -> None:
        """End the embedded AWS and its Lambda workers, and wait until they are gone. Safe to call twice."""
        if is_running(self.pid, self.state_dir):
            os.kill(self.pid, signal.SIGTERM)
            if not self._gone_within(_STOP_SECONDS):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                self._gone_within(_STOP_SECONDS)
        if self.process is not None:
            self.process.wait()
        if self.parent_pipe is not None:
            os.close(self.parent_pipe)
            self.parent_pipe = None
            shutil.rmtree(self.state_dir, ignore_errors=True)
        else:
            # The code that Lambda workers ran from; the state is kept.
            shutil.rmtree(self.state_dir / "tmp", ignore_errors=True)

    def _gone_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process is not None:
                self.process.poll()
            if not is_running(self.pid, self.state_dir):
                return True
            time.sleep(0.05)
        return False


@contextlib.contextmanager
def throw_away(functions: int = 0) -> Iterator[EmbeddedAws]:
    """An empty embedded AWS; removed at the end with all it stored, even when this process is killed.

    `functions`: how many Lambda functions its account runs at once, beyond which it throttles; 0: what fits.
    """
    aws = start(Path(tempfile.mkdtemp(prefix="people-pathing-")), persist=False, functions=functions)
    try:
        yield aws
    finally:
        aws.stop()


def start(state_dir: Path, *, persist: bool, port: int = 0, functions: int = 0) -> EmbeddedAws:
    """Start the embedded AWS and wait until it answers.

    Args:
        state_dir: folder for everything it writes: state, objects, logs, the code its Lambda workers run.
        persist: True keeps running after this process and keeps its state for the next start in `state_dir`;
            False ends it with this process and removes `state_dir`.
        port: the preferred port; a free one is used where it is 0 or in use.
        functions: how many Lambda functions may run at once; 0: as many as memory allows.

    Raises:
        ToolError: it is not installed, or ended before it answered.
    """
    if not INTERPRETER.exists():
        raise ToolError(messages.NOT_INSTALLED)
    state_dir = state_dir.resolve()
    (state_dir / "tmp").mkdir(parents=True, exist_ok=True)
    aws = _started(_listen(port), state_dir, persist=persist, functions=functions)
    try:
        _wait_until_up(aws)
    except BaseException:
        aws.stop()
        raise
    return aws


def _started(server: socket.socket, state_dir: Path, *, persist: bool, functions: int) -> EmbeddedAws:
    """The process, which takes over the listening socket; not up yet."""
    port = server.getsockname()[1]
    inherited = [server.fileno()]
    parent_pipe: int | None = None
    if not persist:
        reading, parent_pipe = os.pipe()
        inherited.append(reading)
    listening, *ends = map(str, inherited)
    with open(state_dir / "aws.log", "ab") as log, server:
        process = subprocess.Popen(
            [
                str(INTERPRETER),
                str(Path(__file__).with_name("embedded_server.py")),
                listening,
                str(state_dir),
                *ends,
            ],
            cwd=state_dir,
            env=_environment(state_dir, port, persist=persist)
            | ({"LAMBDA_ACCOUNT_CONCURRENCY": str(functions)} if functions else {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=inherited,
            start_new_session=True,
        )
    for descriptor in inherited[1:]:
        os.close(descriptor)
    return EmbeddedAws(f"http://127.0.0.1:{port}", process.pid, state_dir, process, parent_pipe)


def is_running(pid: int, state_dir: Path) -> bool:
    """Whether `pid` is the embedded AWS started in `state_dir` (the pid alone may have been reused)."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return False
        found = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        command = found.stdout
    return "embedded_server.py" in command and str(state_dir.resolve()) in command


def answers(endpoint: str, timeout: float = 5.0) -> bool:
    """Whether an embedded AWS answers at `endpoint` (http://127.0.0.1:PORT)."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=timeout) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _listen(port: int) -> socket.socket:
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(("127.0.0.1", port))
    except OSError:
        server.bind(("127.0.0.1", 0))
    server.listen(128)
    return server


def _wait_until_up(aws: EmbeddedAws) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if aws.process is not None and aws.process.poll() is not None:
            lines = aws.log.read_text(errors="replace").strip().splitlines() or ["it printed nothing"]
            raise ToolError(messages.ended_at_start(messages.EMBEDDED_AWS, lines[-1]))
        if answers(aws.endpoint):
            return
        time.sleep(0.05)
    raise ToolError(messages.slow_start(messages.EMBEDDED_AWS, _START_SECONDS, aws.log))


def _environment(state_dir: Path, port: int, *, persist: bool) -> dict[str, str]:
    """The environment of the embedded AWS and its workers, without the caller's AWS settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return kept | {
        "HOME": str(state_dir),
        "TMPDIR": str(state_dir / "tmp"),
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "LOG_LEVEL": "INFO",
        "PERSIST_STATE": "1" if persist else "0",
        "STATE_DIR": str(state_dir / "state"),
        "S3_PERSIST": "1" if persist else "0",
        "S3_DATA_DIR": str(state_dir / "s3"),
        # Listeners and a clean-up of containers that are not needed.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state_dir}/no-docker.sock",
    }
