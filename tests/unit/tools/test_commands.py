"""Every command ends with a status and at most one line, never with a traceback."""

import subprocess
import sys

import pytest

from tools.embedded.embedded_aws import ROOT

_PROGRAM = """
from tools.errors import ToolError, command

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
    ("body", "status", "message"),
    [
        ("pass", 0, ""),
        ("raise ToolError('what is' + chr(10) + 'wrong')", 1, "error: what is wrong\n"),
        ("open('/no/such/file')", 1, "error: /no/such/file: No such file or directory\n"),
        (
            "from botocore.exceptions import NoCredentialsError; raise NoCredentialsError",
            1,
            "error: No AWS credentials found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run: aws sso login\n",
        ),
        ("from infra.errors import FetchError; raise FetchError('no models')", 1, "error: no models\n"),
        ("raise KeyboardInterrupt", 130, "interrupted\n"),
        ("import os; os.kill(os.getpid(), 15)", 143, ""),
    ],
)
def test_a_command_ends_with_its_status_and_one_line(body: str, status: int, message: str) -> None:
    ended = run(body)
    assert (ended.returncode, ended.stderr) == (status, message)


def test_a_closed_standard_output_is_no_error() -> None:
    program = _PROGRAM.format(body="[print(number) for number in range(100_000)]")
    ended = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -1', sys.executable, program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("0\n", "", 141)
