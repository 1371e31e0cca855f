"""The embedded AWS starts on loopback, keeps to itself, and leaves nothing behind however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import AssemblyMaker
from tools.deployment.deploy import deploy
from tools.embedded import embedded_aws
from tools.embedded.embedded_aws import ROOT, is_running, start, throw_away
from tools.errors import ToolError
from tools.progress import Progress
from tools.target import embedded

_OWNER = """
import sys, time
from tools.embedded.embedded_aws import throw_away
from tools.errors import command

def main():
    with throw_away() as aws:
        print(aws.endpoint, aws.pid, aws.state_dir, flush=True)
        time.sleep(600)

command(main)
"""


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def processes_of(folder: Path) -> list[str]:
    """Command lines of processes that run out of `folder` or work in it."""
    found = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in found.splitlines() if str(folder) in line]


def test_two_instances_live_side_by_side_and_share_nothing() -> None:
    with throw_away() as one, throw_away() as other:
        embedded(one.endpoint).client("s3").create_bucket(Bucket="only-here")
        assert embedded(other.endpoint).client("s3").list_buckets()["Buckets"] == []
        assert one.endpoint != other.endpoint


def test_it_listens_on_loopback_alone() -> None:
    with throw_away() as aws:
        port = int(aws.endpoint.rpartition(":")[2])
        name = "127.0.0.2"
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect((name, port))


def test_nothing_is_left_after_an_orderly_end_with_a_worker_still_busy(make_assembly: AssemblyMaker) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(event['seconds'])\n"
    with throw_away() as aws:
        target = deploy(embedded(aws.endpoint), make_assembly(source), Progress())
        target.client("lambda").invoke(
            FunctionName=target.output("EngineFunction"), InvocationType="Event", Payload=b'{"seconds": 50}'
        )
        assert eventually(lambda: any("_worker.py" in line for line in processes_of(aws.state_dir)))
    assert not aws.state_dir.exists()
    assert eventually(lambda: processes_of(aws.state_dir) == [], 5)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_nothing_is_left_when_its_owner_is_ended(number: signal.Signals, status: int) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    _, pid, folder = owner.stdout.readline().split()
    os.kill(owner.pid, number)
    _, message = owner.communicate(timeout=60)
    assert owner.returncode == status
    assert "Traceback" not in message
    assert eventually(lambda: not is_running(int(pid), Path(folder)) and not Path(folder).exists())


def test_state_is_kept_for_the_next_start(tmp_path: Path) -> None:
    first = start(tmp_path, persist=True)
    try:
        s3 = embedded(first.endpoint).client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="a", Body=b"b")
    finally:
        first.stop()
    assert not is_running(first.pid, tmp_path)
    second = start(tmp_path, persist=True, port=int(first.endpoint.rpartition(":")[2]))
    try:
        assert second.endpoint == first.endpoint
        s3 = embedded(second.endpoint).client("s3")
        assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"b"
    finally:
        second.stop()


def test_a_port_in_use_is_replaced_by_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        aws = start(tmp_path, persist=True, port=taken.getsockname()[1])
        aws.stop()
        assert aws.endpoint != f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_missing_installation_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded_aws, "INTERPRETER", tmp_path / "nothing")
    with pytest.raises(ToolError, match="make setup"):
        start(tmp_path, persist=False)


def test_a_start_that_fails_says_why_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded_aws, "INTERPRETER", Path(sys.executable))
    folder = tmp_path / "state"
    with pytest.raises(ToolError, match=r"ended at start: .*No module named"):
        start(folder, persist=False)
    assert not folder.exists()
