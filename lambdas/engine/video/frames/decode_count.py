"""How many frames could be decoded: counted while they are, judged once the whole video has been read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.messages import video as messages
from engine.video.errors import VideoError

if TYPE_CHECKING:
    from engine.analysis.detections import SegmentDetections

_NOTED_SHARE = 0.02
"""From more than this share of bad frames on, the video's owner gets a note."""

_FAILED_SHARE = 0.5
"""With more than this share of frames lost, people would be missing from the paths without a trace."""

_FAILED_BAD_SHARE = 0.9
"""The same with damaged frames besides, which may still show people."""

_LONELY_SHARE = 0.45
"""Two packets may hold one frame, its two fields; with fewer frames a packet than this, some were lost."""

_NOT_A_FRAME_EACH = frozenset(
    {"h264", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "msmpeg4", "h263"}
    | {"flv", "flv1", "vc1", "wmv1", "wmv2", "wmv3", "vp8", "svq1", "svq3", "cinepak", "indeo3", "qtrle"}
)
"""Codecs with packets that no frame comes from: a second field, a repeated or a hidden frame."""


@dataclass(frozen=True, slots=True)
class DecodeCounts:
    """Frames given to a decoder; of these the lost ones, which did not come out, and the damaged ones."""

    frames: int = 0
    lost: int = 0
    damaged: int = 0

    def __add__(self, other: DecodeCounts) -> DecodeCounts:
        return DecodeCounts(self.frames + other.frames, self.lost + other.lost, self.damaged + other.damaged)

    def check(self) -> None:
        """Raises VideoError where most frames could not be decoded."""
        if self.lost > _FAILED_SHARE * self.frames:
            raise VideoError(messages.undecodable(self.frames - self.lost, self.frames))
        if self.lost + self.damaged > _FAILED_BAD_SHARE * self.frames:
            raise VideoError(messages.undecodable(self.frames - self.lost - self.damaged, self.frames))

    @property
    def note(self) -> str | None:
        """A line for the video's owner; None where no more than 2 % of the frames are bad."""
        bad = self.lost + self.damaged
        return messages.partly_undecodable(bad / self.frames) if bad > _NOTED_SHARE * self.frames else None


class DecodeCounter:
    """Counts the frames shown from `start_ms` until before `end_ms`; a decoder is given others besides."""

    def __init__(self, start_ms: int, end_ms: int) -> None:
        self._start_ms = start_ms
        self._end_ms = end_ms
        self.restart("")

    def restart(self, codec: str) -> None:
        """A decoder begins, perhaps again from further back. `codec`: FFmpeg's name of it."""
        self._codec = codec
        self._given = self._refused = self._decoded = self._damaged = 0

    def given(self, millis: int, *, refused: bool) -> None:
        """A packet of a frame shown at `millis` was given to the decoder. `refused`: with an error."""
        if self._start_ms <= millis < self._end_ms:
            self._given += 1
            self._refused += refused

    def decoded(self, millis: int, *, damaged: bool) -> None:
        """A frame came out."""
        if self._start_ms <= millis < self._end_ms:
            self._decoded += 1
            self._damaged += damaged

    @property
    def counts(self) -> DecodeCounts:
        """What has been counted."""
        missing = max(0, self._given - self._decoded)
        if self._codec in _NOT_A_FRAME_EACH and self._decoded > _LONELY_SHARE * self._given:
            missing = min(missing, self._refused)
        return DecodeCounts(self._given, missing, min(self._damaged, self._given - missing))


class DecodeTotal:
    """The counts of a video, summed while its segments are read."""

    def __init__(self) -> None:
        self.counts = DecodeCounts()

    def gather(self, segments: Iterable[SegmentDetections]) -> Iterator[SegmentDetections]:
        """The segments as they come, each counted."""
        for segment in segments:
            self.counts += segment.decode_counts
            yield segment
