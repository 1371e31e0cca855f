"""The commands of docs/first-deployment.md, as a reader copies them, where the embedded AWS can answer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.street import cut_street
from tools.embedded.embedded_aws import REGION, ROOT
from tools.target import Target

PAGE = (ROOT / "docs" / "first-deployment.md").read_text()

# Packaging and deploying, and a machine that has much else to do.
pytestmark = pytest.mark.timeout(600)

PRINTS = {
    "aws sts get-caller-identity": r'"\d{12}"',
    "aws lambda get-account-settings": r"^\d+$",
    "aws cloudformation describe-stacks": r"CREATE_COMPLETE(.|\n)*VideosBucket",
    "make drop ": r"people: (.|\n)*report: ",
    "aws sqs get-queue-attributes": r'"0",\s*"0"',
    "aws stepfunctions list-executions": r"SUCCEEDED",
    "make paths ": r"\S",
    "make redrive ": r"dead-letter messages: 0",
    "aws logs filter-log-events": r"Max Memory Used",
    "aws lambda invoke": r"InvalidS3ObjectException",
    "make forget ": r"clip\.mp4",
}
"""What a command begins with → what it prints, in the order of the page."""

ONLY_AWS = {
    "aws sso login": "credentials",
    "make bootstrap": "an account; test_cdk_cli.py deploys with the CDK's command line",
    "make deploy": "as bootstrap",
    "make destroy": "as bootstrap",
    "aws xray get-trace-summaries": "X-Ray",
    "aws cloudwatch set-alarm-state": "a mail",
    "aws stepfunctions stop-execution": "EventBridge's use of the key",
    "aws s3api head-bucket": "an endpoint without TLS",
    "aws s3 cp": "a user with one policy; test_permissions.py enforces IAM",
    "aws s3 ls": "as cp",
    "aws cloudwatch get-metric-statistics": "throttling by the account",
}
"""What a command begins with → what the embedded AWS does not have."""


def commands() -> list[str]:
    """Each command of the page once, in its order."""
    return list(dict.fromkeys(re.findall(r"`((?:aws|make) [^`]*)`", PAGE)))


def test_every_command_is_run_or_needs_aws() -> None:
    for command in commands():
        assert command.startswith((*PRINTS, *ONLY_AWS)), command
    for begin in (*PRINTS, *ONLY_AWS):
        assert any(command.startswith(begin) for command in commands()), begin


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_street(tmp_path_factory.mktemp("street") / "clip.mp4", 2)


@pytest.mark.parametrize("command", [each for each in commands() if each.startswith(tuple(PRINTS))])
def test_a_command_prints_what_the_page_says(command: str, stack: Target, clip: Path) -> None:
    (expected,) = (prints for begin, prints in PRINTS.items() if command.startswith(begin))
    # Queues are empty "within a minute"; what a function logged may come a little later.
    end = time.monotonic() + 60
    while not re.search(expected, printed := _run(_filled(command, stack, clip), stack), re.MULTILINE):
        assert time.monotonic() < end, printed
        time.sleep(1)


def _filled(command: str, stack: Target, clip: Path) -> str:
    """The command with the stack's names in it, as a reader fills them in."""
    names = {**stack.outputs, "of Detect": _detects_logs(stack)}
    command = re.sub(r"<([^>]+)>", lambda found: names[found[1]], command)
    if command.startswith("make drop"):
        command = command.replace("VIDEO=clip.mp4", f"VIDEO={clip}")
    # The tests' AWS CLI is version 1: it knows no formats, and leaves SQS where it always was.
    command = command.replace(" --cli-binary-format raw-in-base64-out", "")
    command = re.sub(r"^aws ", f"aws --endpoint-url {stack.endpoint} ", command)
    # What a reader has installed already is not installed again.
    return command.replace("make ", "make --old-file=setup --old-file=.venv/.installed ", 1)


def _detects_logs(stack: Target) -> str:
    for function in stack.client("lambda").list_functions()["Functions"]:
        if function["Handler"] == "engine.handlers.detect.handler":
            return str(function["LoggingConfig"]["LogGroup"])
    raise AssertionError("The stack has no function that detects.")


def _run(command: str, stack: Target) -> str:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    variables |= {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "AWS_ENDPOINT_URL": str(stack.endpoint),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return ended.stdout + ended.stderr
