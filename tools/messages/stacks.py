"""The stack, in an AWS account or on the embedded AWS: not there, not reached, not deployed."""

from __future__ import annotations

from pathlib import Path

EMBEDDED_AWS = "embedded AWS"
PAGE = "page for dropping videos"
"""What starts: for `ended_at_start` and `slow_start`."""

NOTHING_RUNS = "Nothing is running. Run: make up (or name a stack deployed to AWS: STACK=name)"
NOT_INSTALLED = "The embedded AWS is not installed. Run: make setup"


def silent(endpoint: str) -> str:
    return f"The embedded AWS at {endpoint} does not answer. Run: make up"


def unreadable(stack: str, reason: str) -> str:
    return f"The stack {stack} cannot be read: {reason} Check the name, AWS_REGION and your credentials."


def no_output(name: str) -> str:
    return f"The stack has no output {name}. It was deployed by another version: deploy it again."


def ended_at_start(what: str, last_line: str) -> str:
    """`what`: a server of ours; `last_line`: of its log."""
    return f"The {what} ended at start: {last_line}"


def slow_start(what: str, seconds: float, log: Path) -> str:
    return f"The {what} did not answer within {seconds:.0f} s. See its log, {log}."


def several_stacks(found: int) -> str:
    return f"The assembly holds {found} stacks; one is expected."


def not_synthesized(reason: str) -> str:
    """`reason`: the last line of the app."""
    return f"The stack cannot be synthesized. {reason}"


def not_deployed(reason: str) -> str:
    """`reason`: the first resource that failed, and why."""
    return f"The deployment failed: {reason}"


def deployed_too_long(seconds: float) -> str:
    return f"The deployment did not end within {seconds:.0f} s. Run the command again."
