"""The time of day in the report, where it is known."""

from __future__ import annotations

from pipeline.answers.output.tables import Answered
from shared.quantities import clock

_SAYS = {
    "key": "as its key says",
    "creation_time": "as the file says",
    "upload": "taken from its upload, as the scene asks",
}
_UNKNOWN = "The time of day is not known; times count from the start of the video."


class TimeOfDay:
    """Times of a video's answers as text: of the camera's clock, or since the start where it is not known.

    The time of an upload is the clock only where the scene itself says that it is.
    """

    def __init__(self, answered: Answered) -> None:
        scene = answered.scene
        asked = "start" in scene.model_fields_set and scene.start.source == "upload"
        self._clock = answered.clock
        self._shown_ms = answered.shown_ms
        self.known = answered.clock.source != "upload" or asked

    @property
    def into_minute_ms(self) -> int:
        """How far into a minute of the clock the video began; 0 where that is not known."""
        began = self._clock.at(0)
        return 1000 * began.second + began.microsecond // 1000 if self.known else 0

    def minute(self, millis: int) -> str:
        """`10:14`, or `0:01:00` of the video; with the date where the video goes over midnight."""
        if not self.known:
            return clock(max(millis, 0))
        several_days = self._clock.at(0).date() != self._clock.at(self._shown_ms).date()
        return self._clock.at(millis).strftime("%Y-%m-%d %H:%M" if several_days else "%H:%M")

    def sentence(self) -> str:
        """What the times are, for a reader."""
        if not self.known:
            return _UNKNOWN
        began = self._clock.at(0).isoformat(" ", "seconds")
        return f"Times are the camera's: the video began {began}, {_SAYS[self._clock.source]}."

    def offsets(self) -> list[list[int]]:
        """`[ms of the video, ms since 1970 of the wall clock then]`, anew where the clock is changed.

        Empty where the time of day is not known. The wall clock's ms are counted as if it were UTC's.
        """
        found: list[list[int]] = []
        begin, offset = 0, None
        while self.known and begin < self._shown_ms:
            now = self._clock.at(begin)
            if now.utcoffset() != offset:
                offset = now.utcoffset()
                wall = now.timestamp() + (offset.total_seconds() if offset else 0)
                found.append([begin, round(1000 * wall)])
            begin = self._clock.hour(begin)[1]
        return found
