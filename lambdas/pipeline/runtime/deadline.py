"""How much of an invocation's time is left."""

from __future__ import annotations

from typing import Protocol

_RESERVE_MILLIS = 60_000
"""Most time kept for writing the person at hand and the checkpoint."""


class HasTime(Protocol):
    """The part of Lambda's context that is used here."""

    def get_remaining_time_in_millis(self) -> int: ...


class Deadline:
    """Says when to stop, early enough to write down where: a fifth of the invocation's time, at most a
    minute, is kept for that.
    """

    def __init__(self, context: HasTime) -> None:
        self._context = context
        remaining = context.get_remaining_time_in_millis()
        self._half = remaining // 2
        self._reserve = min(_RESERVE_MILLIS, remaining // 5)

    def has_come(self) -> bool:
        """Whether it is time to hand over."""
        return self._context.get_remaining_time_in_millis() < self._reserve

    def is_past_half(self) -> bool:
        """Whether less than half of the time there was at first is left."""
        return self._context.get_remaining_time_in_millis() < self._half

    def seconds(self) -> float:
        """Seconds until Lambda ends the invocation."""
        return self._context.get_remaining_time_in_millis() / 1000
