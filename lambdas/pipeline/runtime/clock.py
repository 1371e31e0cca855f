"""Times as they are stored: ISO 8601 in UTC, which sorts as text, and epoch seconds for expiry."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def iso(epoch_seconds: float | None = None) -> str:
    """`2026-01-31T12:00:00.000Z` of the given instant, or of now."""
    moment = datetime.now(UTC) if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch(text: str) -> float:
    """Epoch seconds of a time written by `iso`."""
    return datetime.fromisoformat(text).timestamp()


def expiry(retention_days: int, since: float | None = None) -> int:
    """The epoch second at which DynamoDB's TTL may delete what is written now (or was at `since`)."""
    return int((time.time() if since is None else since) + retention_days * 86_400)
