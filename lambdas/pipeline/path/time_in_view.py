"""How long a person was in view, from the times of their records."""

from __future__ import annotations

SHORTEST_GAP_MILLIS = 1_000
"""Records at most this far apart, fifteen at the contract's 15 Hz, are always one sighting."""

_FRAMES_IN_A_GAP = 1.5
"""Frames between two records from which they are two sightings where frames are rare: a person in view has a
record at every frame."""


def gap_millis(frame_rate: float | None) -> int:
    """Records farther apart than this are two sightings: the time between them was not seen, the path breaks.

    `frame_rate` is the video's, in Hz; None or 0 where it is not known.
    """
    if not frame_rate:
        return SHORTEST_GAP_MILLIS
    return max(SHORTEST_GAP_MILLIS, round(1000 * _FRAMES_IN_A_GAP / frame_rate))


class TimeInView:
    """First and last time of a person, and the time seen; taken in record by record in time order.

    Args:
        gap: see `gap_millis`.

    Attributes:
        first, last: in ms since the start of the video; None before the first record.
    """

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self.first: int | None = None
        self.last: int | None = None
        self._seen = 0

    def add(self, millis: int) -> None:
        """Take in the next record's time."""
        if self.last is None:
            self.first = millis
        elif millis - self.last <= self._gap:
            self._seen += millis - self.last
        self.last = millis

    @property
    def seconds(self) -> float:
        """The time seen, gaps left out."""
        return self._seen / 1000
