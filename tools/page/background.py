"""The page's server beside the embedded AWS that `make up` leaves running."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.embedded.embedded_aws import ROOT, EmbeddedAws
from tools.errors import ToolError
from tools.messages import stacks as messages

STATE = ROOT / ".local" / "aws"
_RECORD = STATE / "page.json"
_LOG = STATE / "page.log"
_STOP_SECONDS = 5.0
_START_SECONDS = 60.0
"""How long the server may take until it prints its address: imports on a busy machine take some seconds."""


@dataclass(frozen=True)
class _Left:
    """The server an earlier `make up` left running."""

    pid: int
    port: int

    def runs(self) -> bool:
        """Whether it still does; a pid alone may have been reused."""
        try:
            words = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            if Path("/proc/self").exists():
                return False
            shown = subprocess.run(
                ["ps", "-ww", "-o", "command=", "-p", str(self.pid)], capture_output=True, check=False
            )
            words = shown.stdout.split()
        return b"tools.page" in words


def start_page(aws: EmbeddedAws) -> str:
    """Serve the page as it is now, in the background and for as long as `aws` runs. Returns its address."""
    last = _last()
    port = last.port if last else 0
    stop_page()
    with open(_LOG, "ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tools.page",
                f"--port={port}",
                "--or-another",
                f"--while-running={aws.pid}",
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'lambdas'}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    line = first_line(process, _START_SECONDS)
    if line is None:
        process.kill()
        process.wait()
        raise ToolError(messages.slow_start(messages.PAGE, _START_SECONDS, _LOG))
    address = line.removeprefix("page: ").strip()
    if not address:
        process.wait()
        printed = _LOG.read_text(errors="replace").strip().splitlines() or ["it printed nothing"]
        raise ToolError(messages.ended_at_start(messages.PAGE, printed[-1]))
    _RECORD.write_text(json.dumps({"pid": process.pid, "port": int(address.rpartition(":")[2])}))
    return address


def first_line(process: subprocess.Popen[bytes], seconds: float) -> str | None:
    """What `process` prints first, "" where it ends before; None where neither comes within `seconds`."""
    assert process.stdout is not None
    with process.stdout:
        # The line comes in one write, so that reading it does not wait.
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        return process.stdout.readline().decode() if ready else None


def stop_page() -> None:
    """End the server that `make up` left running, if it does."""
    left = _last()
    if left is None or not left.runs():
        return
    os.kill(left.pid, signal.SIGTERM)
    end = time.monotonic() + _STOP_SECONDS
    while left.runs() and time.monotonic() < end:
        time.sleep(0.05)


def _last() -> _Left | None:
    try:
        record = json.loads(_RECORD.read_text())
        return _Left(int(record["pid"]), int(record["port"]))
    except (FileNotFoundError, ValueError, KeyError):
        return None
