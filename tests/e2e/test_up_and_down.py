"""`make up`, `make drop`, `make down` in a checkout of their own."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tools.embedded.embedded_aws import is_running

# Whole stacks start here: minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)


def run(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["PYTHONPATH"] = f"{checkout}:{checkout}/lambdas"
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def pid_of(checkout: Path) -> int:
    return int(json.loads((checkout / ".local" / "aws" / "running.json").read_text())["pid"])


def copied_by_hand(checkout: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """A file put in the videos bucket by the AWS CLI, which the shell's environment points at the stack."""
    return subprocess.run(
        [
            "bash",
            "-c",
            '. .local/env && aws s3 cp "$0" "s3://$VIDEOS_BUCKET/by hand.mp4" && aws s3 ls "s3://$VIDEOS_BUCKET"',
            str(file),
        ],
        cwd=checkout,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_up_leaves_a_stack_running_that_the_shell_can_use_until_down(checkout: Path, tmp_path: Path) -> None:
    nothing_up = run(checkout, "tools.commands.drop", "a.mp4")
    assert (nothing_up.returncode, nothing_up.stderr) == (
        1,
        "error: Nothing is running. Run: make up (or name a stack deployed to AWS: STACK=name)\n",
    )
    try:
        up = run(checkout, "tools.commands.up")
        assert up.returncode == 0, up.stderr
        pid = pid_of(checkout)
        again = run(checkout, "tools.commands.up")
        assert again.returncode == 0, again.stderr
        assert pid_of(checkout) == pid
        page = re.findall(r"^page: (\S+)", up.stdout, re.MULTILINE)
        assert re.findall(r"^page: (\S+)", again.stdout, re.MULTILINE) == page
        with urllib.request.urlopen(page[0]) as answer:
            assert b"Drop videos here" in answer.read()

        (tmp_path / "text.mp4").write_text("no video")
        copy = copied_by_hand(checkout, tmp_path / "text.mp4")
        assert copy.returncode == 0, copy.stderr
        assert "by hand.mp4" in copy.stdout

        bad = run(checkout, "tools.commands.drop", str(tmp_path / "text.mp4"))
        assert bad.returncode == 1
        assert bad.stderr.splitlines()[-1].startswith("error: text.mp4: Unsupported codec/format.")
    finally:
        down = run(checkout, "tools.commands.down")
    assert (down.returncode, down.stdout) == (0, "stopped; its data stays in .local/aws\n")
    assert not is_running(pid, checkout / ".local" / "aws")
    assert not (checkout / ".local" / "env").exists()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(page[0])
    once_more = run(checkout, "tools.commands.down")
    assert (once_more.returncode, once_more.stdout) == (0, "nothing was running\n")


def test_down_without_up_is_fine(checkout: Path) -> None:
    down = run(checkout, "tools.commands.down")
    assert (down.returncode, down.stdout, down.stderr) == (0, "nothing was running\n", "")
