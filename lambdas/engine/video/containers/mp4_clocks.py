"""What an MP4 or MOV says about time: each track's clock and every length that is stated in another one.

Layout of the boxes: ISO/IEC 14496-12. Any of them may be missing or damaged; what it says is then not known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

BOXES = frozenset({b"mvhd", b"mehd", b"tkhd", b"mdhd", b"stts", b"elst"})
"""Boxes to be given to `Clocks.read`."""

_LONGEST = 8 + 8 * 6_000_000
"""Bytes of a box that are read: more deltas than a video may have frames."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a track's presentation.

    Attributes:
        seconds: how long it is shown.
        start: where it begins in the media, in the track's units; -1 where nothing is shown.
        plays: whether the media runs meanwhile; else one picture is held (media rate 0).
    """

    seconds: Fraction
    start: int
    plays: bool


@dataclass(slots=True)
class TrackClock:
    """What a track says of time. `timescale`: units a second of its media; None where it does not say.

    Attributes:
        number: the track's id.
        handler: ``vide``, ``soun``, …
        stated: how long its header says it is shown, in s.
        media_units: how long the media header says the media is.
        samples, units: of the table of times (``stts``), fragments left out.
        sizes: how many samples the table of sizes (``stsz``) lists; None where there is none.
        last_units, usual_units: of the last sample, and of most.
        edits: its edit list.
    """

    number: int = 0
    handler: bytes = b""
    timescale: int | None = None
    stated: Fraction | None = None
    media_units: int | None = None
    samples: int = 0
    sizes: int | None = None
    units: int = 0
    last_units: int = 0
    usual_units: int = 0
    edits: list[Edit] = field(default_factory=list)


@dataclass(slots=True)
class Clocks:
    """The clocks of a movie; filled in while its boxes are walked, in the order of the file.

    Attributes:
        timescale: units a second of the movie's own clock; 0 where it does not say.
        stated: how long the movie header says it is, in s.
        fragments_stated: the same of all fragments (``mehd``).
        tracks: in the order of the file.
    """

    timescale: int = 0
    stated: Fraction | None = None
    fragments_stated: Fraction | None = None
    tracks: list[TrackClock] = field(default_factory=list)

    def begin_track(self) -> None:
        self.tracks.append(TrackClock())

    def handled_by(self, handler: bytes) -> None:
        """`handler`: of the track that has begun last."""
        if self.tracks:
            self.tracks[-1].handler = handler

    def lists(self, samples: int) -> None:
        """`samples`: how many the table of sizes has of the track that has begun last."""
        if self.tracks:
            self.tracks[-1].sizes = samples

    def read(self, kind: bytes, payload: bytes) -> None:
        """Takes in one of `BOXES`: what it contains, as far as it is there."""
        if kind == b"mvhd":
            self.timescale, units = _scale_and_units(payload)
            self.stated = self._seconds(units)
        elif kind == b"mehd":
            self.fragments_stated = self._seconds(_stated(payload, *((4, 8) if _long(payload) else (4, 4))))
        elif self.tracks:
            self._read_of_track(self.tracks[-1], kind, payload)

    def track(self, number: int, handler: bytes) -> TrackClock | None:
        """The track of that id and handler; where none has the id, the first of the handler."""
        kind = [track for track in self.tracks if track.handler == handler]
        return next((track for track in kind if track.number == number), kind[0] if kind else None)

    def _read_of_track(self, track: TrackClock, kind: bytes, payload: bytes) -> None:
        long = _long(payload)
        if kind == b"tkhd":
            track.number = _number(payload, 20 if long else 12, 4)
            track.stated = self._seconds(_stated(payload, *((28, 8) if long else (20, 4))))
        elif kind == b"mdhd":
            track.timescale, track.media_units = _scale_and_units(payload)
        elif kind == b"stts":
            _read_deltas(track, payload)
        elif kind == b"elst":
            track.edits = list(self._edits(payload, long=long))

    def _edits(self, payload: bytes, *, long: bool) -> list[Edit]:
        width = 8 if long else 4
        entry = 2 * width + 4
        count = min(_number(payload, 4, 4), max(0, len(payload) - 8) // entry)
        edits = []
        for at in range(8, 8 + count * entry, entry):
            start = int.from_bytes(payload[at + width : at + 2 * width], "big", signed=True)
            seconds = self._seconds(_stated(payload, at, width))
            plays = _number(payload, at + 2 * width, 4) != 0
            if seconds is not None:
                edits.append(Edit(seconds, max(-1, start), plays))
        return edits

    def _seconds(self, units: int | None) -> Fraction | None:
        return Fraction(units, self.timescale) if units and self.timescale else None


def payload_bytes(start: int, end: int) -> int:
    """How much is read of a box of `BOXES` whose contents lie between two places of the file."""
    return max(0, min(end - start, _LONGEST))


def _read_deltas(track: TrackClock, payload: bytes) -> None:
    """Time to sample (``stts``): runs of samples of one duration."""
    runs = min(_number(payload, 4, 4), max(0, len(payload) - 8) // 8)
    if not runs:
        return
    table = np.frombuffer(payload, ">u4", 2 * runs, offset=8).astype(np.int64).reshape(runs, 2)
    counts, deltas = table[:, 0], table[:, 1]
    track.samples = int(counts.sum())
    track.units = int(counts.astype(np.float64) @ deltas.astype(np.float64))
    kinds, of = np.unique(deltas, return_inverse=True)
    track.usual_units = int(kinds[np.bincount(of, counts).argmax()])
    track.last_units = int(deltas[-1])


def _scale_and_units(payload: bytes) -> tuple[int, int | None]:
    """Timescale and duration of a movie header or a media header."""
    if _long(payload):
        return _number(payload, 20, 4), _stated(payload, 24, 8)
    return _number(payload, 12, 4), _stated(payload, 16, 4)


def _stated(payload: bytes, at: int, width: int) -> int | None:
    """A duration in units; None where it is unset: 0, or all ones."""
    units = _number(payload, at, width)
    return units if 0 < units < (1 << 8 * width) - 1 else None


def _long(payload: bytes) -> bool:
    """Whether the box is of version 1, with 64 bits for times."""
    return payload[:1] == b"\1"


def _number(payload: bytes, at: int, width: int) -> int:
    """0 where the box is too short for it."""
    piece = payload[at : at + width]
    return int.from_bytes(piece, "big") if len(piece) == width else 0
