"""Every command ends with a status and at most one line, never with a traceback."""

import subprocess
import sys

import pytest

from tools.embedded.embedded_aws import ROOT

_PROGRAM = """
from tools.errors import LocalError, command

def main():
    {body}

command(main)
"""


def run(body: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(body=body)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("body", "status", "complaint"),
    [
        ("pass", 0, ""),
        ("raise LocalError('what is' + chr(10) + 'wrong')", 1, "error: what is wrong\n"),
        ("open('/no/such/file')", 1, "error: [Errno 2] No such file or directory: '/no/such/file'\n"),
        ("raise KeyboardInterrupt", 130, "interrupted\n"),
        ("import os; os.kill(os.getpid(), 15)", 143, ""),
    ],
)
def test_a_command_ends_with_its_status_and_one_line(body: str, status: int, complaint: str) -> None:
    ended = run(body)
    assert (ended.returncode, ended.stderr) == (status, complaint)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    program = _PROGRAM.format(body="[print(number) for number in range(100_000)]")
    ended = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -1', sys.executable, program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("0\n", "", 141)
