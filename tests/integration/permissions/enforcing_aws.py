"""An embedded AWS that refuses what IAM does not allow."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.embedded.embedded_aws import INTERPRETER, REGION

_START_SECONDS = 60


@dataclass(frozen=True)
class EnforcingAws:
    """Where it answers, the certificate its clients must trust, and the file of IAM's decisions."""

    endpoint: str
    certificate: Path
    decisions: Path


@contextlib.contextmanager
def enforcing_aws() -> Iterator[EnforcingAws]:
    """Start one on a free loopback port; it and all it stored are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="people-pathing-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        port = _free_port()
        with (state / "aws.log").open("wb") as log:
            process = subprocess.Popen(
                [str(INTERPRETER), str(Path(__file__).with_name("enforcing_server.py"))],
                cwd=state,
                env=_environment(state, port),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            certificate = state / "ministack-tls" / "server.crt"
            aws = EnforcingAws(f"https://localhost:{port}", certificate, state / "decisions.jsonl")
            _wait_until_up(aws, process, state / "aws.log")
            yield aws
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def _environment(state: Path, port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(state),
        "TMPDIR": str(state),
        "AUTH": "true",
        "IAM_DECISIONS": str(state / "decisions.jsonl"),
        "USE_SSL": "1",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PERSIST_STATE": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(aws: EnforcingAws, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        with contextlib.suppress(urllib.error.URLError, OSError):
            trusting = ssl.create_default_context(cafile=str(aws.certificate))
            urllib.request.urlopen(f"{aws.endpoint}/_ministack/health", context=trusting, timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError(f"The embedded AWS did not answer: {log.read_text(errors='replace')[-2000:]}")
