"""Events as Lambda gets them, kept in files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_EVENTS = Path(__file__).resolve().parents[2] / "events"

EventReader = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def records_of() -> EventReader:
    """The SQS records of an event in tests/events, by its name."""
    return lambda name: json.loads((_EVENTS / f"{name}.json").read_text())["Records"]
