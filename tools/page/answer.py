"""What the page's server answers a request with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

FRESH = {"Cache-Control": "no-store"}
"""Headers of what is read anew each time."""


@dataclass(frozen=True)
class Answer:
    """A response. `kind` is its Content-Type."""

    body: bytes
    kind: str
    headers: Mapping[str, str] = field(default_factory=lambda: FRESH)
    status: HTTPStatus = HTTPStatus.OK


def json_answer(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """The response that holds a value as JSON."""
    return Answer(json.dumps(value).encode(), "application/json", status=status)
