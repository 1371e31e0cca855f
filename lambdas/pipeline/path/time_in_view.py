"""How long a person was in view, from the times of their records."""

from __future__ import annotations

GAP_MILLIS = 1_000
"""Records farther apart than this are two sightings: the time between them was not seen, and the path breaks.
Fifteen records at the contract's 15 Hz."""


class TimeInView:
    """First and last time of a person, and the time seen; taken in record by record in time order.

    Attributes:
        first, last: in ms since the start of the video; None before the first record.
    """

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self._seen = 0

    def add(self, millis: int) -> None:
        """Take in the next record's time."""
        if self.last is None:
            self.first = millis
        elif millis - self.last <= GAP_MILLIS:
            self._seen += millis - self.last
        self.last = millis

    @property
    def seconds(self) -> float:
        """The time seen, gaps left out."""
        return self._seen / 1000
