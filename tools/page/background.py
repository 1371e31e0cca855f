"""The page's server beside the embedded AWS that `make up` leaves running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.embedded.embedded_aws import ROOT, EmbeddedAws
from tools.errors import ToolError

STATE = ROOT / ".local" / "aws"
_RECORD = STATE / "page.json"
_STOP_SECONDS = 5.0


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
    with open(STATE / "page.log", "ab") as log:
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
    assert process.stdout is not None
    with process.stdout:
        address = process.stdout.readline().decode().removeprefix("page: ").strip()
    if not address:
        process.wait()
        printed = (STATE / "page.log").read_text(errors="replace").strip().splitlines()
        last = printed[-1] if printed else "it printed nothing"
        raise ToolError(f"The page for dropping videos ended at start: {last}")
    _RECORD.write_text(json.dumps({"pid": process.pid, "port": int(address.rpartition(":")[2])}))
    return address


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
