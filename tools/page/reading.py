"""The page's reader of the table."""

from __future__ import annotations

from reader.people_pathing_reader import Reader
from tools.target import Target

_TRIES = {"mode": "standard", "total_max_attempts": 2}
"""The page asks again by itself; boto3's ten tries at a table that is gone would take half a minute."""


def reader_of(target: Target) -> Reader:
    """A reader that soon says where the stack does not answer."""
    return Reader(target.output("TracksTable"), target.client("dynamodb", retries=_TRIES))
