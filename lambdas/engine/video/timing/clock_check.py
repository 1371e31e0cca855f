"""Whether the clock of an MP4's or MOV's pictures can be believed.

A track's own clock (the timescale of its ``mdhd``) gives every time of its pictures. Where a wrong one was
written over it, nothing else in the file is wrong, and people would walk through the whole video within a
few milliseconds or for hours. So the length by that clock is compared with each other length that the file
states, and the frame rate by it with the one that the codec states. Whatever agrees settles it: lengths are
left unset, and rates are nominal, in many a good file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av.error
import numpy as np
from av.stream import Stream
from numpy.typing import NDArray

from engine.messages import video as messages
from engine.video.containers.container import OpenVideo
from engine.video.containers.mp4_clocks import Clocks, TrackClock
from engine.video.errors import VideoError
from engine.video.timing.tail import BEYOND

_SLACK = Fraction(4, 100)
"""By how much two lengths may differ, of the shorter one: sound goes on after the last picture."""

_SLACK_FRAMES = 2
"""The same in frames, where that is more: writers reckon with the last frame or leave it out."""

_RATE_SLACK = Fraction(2, 1000)
"""By how much a rate may differ from one that cameras and editors use: 29.97 counts as 30 / 1.001 only."""

_CODEC_SLACK = Fraction(2, 100)
"""The same for the rate that a codec states, which is a nominal one."""

_USUAL_RATES = frozenset(
    {Fraction(rate) for rate in (*range(5, 61), 100, 120, 240)}
    | {Fraction(1000 * rate, 1001) for rate in (24, 30, 48, 60, 120, 240)}
    | {Fraction(15, 2), Fraction(25, 2)}
)

_NOMINAL_RATES = (Fraction(1), Fraction(300))
"""Rates that a codec may state of a real camera; beyond them it states its own clock."""

_FASTER_THAN_STATED = Fraction(22, 10)
"""How many times the codec's rate pictures may come at: an interlaced one has two fields a frame."""

_SLOWER_THAN_STATED = 400
"""The same the other way: a time lapse of a picture in ten seconds whose camera states 30 a second."""

_LEAST_TIMES = 3
"""Samples at one interval from which on the media header's word on their length does not count."""

_LEAST_PLACES = 3
"""Places in a file at which the shares of sound and pictures are compared; fewer say nothing."""

_PARALLEL = 0.1
"""By how much the shares of sound and pictures before one place of a file differ that are stored together."""


@dataclass(frozen=True, slots=True)
class _Pictures:
    """The video track by its own clock.

    Attributes:
        frames: how many; in fragments, of which the demuxer need not know all, at the usual rate.
        media: how long the media is, in s: all of it, the part in the index, what an edit list begins with.
        lengths: each way in which that can be understood.
        rate: frames a second, the usual one where it varies.
        partial: whether a length may be that of a part: the file is in fragments, of which some may be
            missing, or an edit list leaves some pictures out.
    """

    frames: int
    media: list[Fraction]
    lengths: list[Fraction]
    rate: Fraction
    partial: bool

    def agrees(self, other: _Length) -> bool:
        """Whether it is the length of the pictures by their own clock; sound is as long as all of them."""
        lengths = self.media[:1] if other.source == messages.SOUND else self.lengths
        return any(self.same(length, other.seconds) for length in lengths)

    def same(self, length: Fraction, seconds: Fraction) -> bool:
        """Whether two lengths, one by each clock, are the same."""
        slack = max(_SLACK, Fraction(_SLACK_FRAMES, self.frames))
        return abs(length - seconds) <= min(length, seconds) * slack


@dataclass(frozen=True, slots=True)
class _Length:
    """A second length, in s. `source`: what states it. `compelling`: whether it is of the pictures alone."""

    seconds: Fraction
    source: str
    compelling: bool


def check_clock(video: OpenVideo) -> None:
    """Compares the clock of the pictures with everything else that the file says about time.

    Leaves the container at an undefined position: seek before reading on.

    Raises:
        VideoError: the clock is 0, or contradicted.
    """
    clocks = video.structure.clocks
    track = clocks.track(video.stream.id, b"vide") if clocks is not None else None
    if clocks is None or track is None or track.timescale is None:
        return
    if track.timescale == 0:
        raise VideoError(messages.NO_CLOCK)
    if video.structure.fragmented:
        _read_fragments(video)
    pictures = _pictures(video, track)
    if pictures is None:
        return
    stated = _codec_rate(video)
    lengths = list(_second_lengths(video, clocks, track, pictures))
    if any(pictures.agrees(length) for length in lengths):
        return
    if stated is not None and any(_same_rate(rate, stated, _CODEC_SLACK) for rate in _rates(pictures)):
        return
    for length in lengths:
        if _contradicts(length, pictures, stated):
            rate = pictures.frames / length.seconds
            raise VideoError(
                messages.clock_contradicted(pictures.media[0], length.seconds, length.source, rate)
            )
    if stated is not None and _impossible(pictures, stated):
        raise VideoError(messages.clock_against_codec(pictures.rate, stated))


def _contradicts(length: _Length, pictures: _Pictures, stated: Fraction | None) -> bool:
    """Whether the length is rather that of the pictures than what their own clock says.

    The codec's rate decides where the length gives it; else, where one of the two gives a usual rate and the
    other does not, that.
    """
    rates = [
        pictures.frames / length.seconds,
        *(pictures.rate * each / length.seconds for each in pictures.media),
    ]
    if stated is not None and any(_same_rate(rate, stated, _CODEC_SLACK) for rate in rates):
        return True
    by_clock, by_length = _usual(pictures.rate), any(map(_usual, rates))
    if by_clock != by_length:
        return by_length
    return length.compelling


def _impossible(pictures: _Pictures, stated: Fraction) -> bool:
    """Whether no camera that states this rate delivers pictures at the one by the clock."""
    if all(rate > _FASTER_THAN_STATED * stated for rate in _rates(pictures)):
        return True
    return all(rate * _SLOWER_THAN_STATED < stated for rate in _rates(pictures))


def _rates(pictures: _Pictures) -> tuple[Fraction, Fraction]:
    """The usual rate and the mean one."""
    return pictures.rate, pictures.frames / pictures.media[0]


def _usual(rate: Fraction) -> bool:
    return any(_same_rate(rate, usual, _RATE_SLACK) for usual in _USUAL_RATES)


def _same_rate(rate: Fraction, other: Fraction, slack: Fraction) -> bool:
    return abs(rate - other) <= other * slack


def _codec_rate(video: OpenVideo) -> Fraction | None:
    """Frames a second as the codec itself states them, e.g. in H.264's VUI; None where it does not."""
    rate = video.stream.codec_context.framerate
    slowest, fastest = _NOMINAL_RATES
    return Fraction(rate) if rate is not None and slowest <= rate <= fastest else None


def _pictures(video: OpenVideo, track: TrackClock) -> _Pictures | None:
    """None where the file does not say enough to compare."""
    assert track.timescale
    units = [track.units, track.units - track.last_units + track.usual_units]
    # Decoding times of reordered frames may end well before the media does, but not at one interval.
    constant = track.samples >= _LEAST_TIMES and track.units == track.samples * track.last_units
    if video.structure.fragmented or not constant:
        units.append(track.media_units or 0)
    elif track.units == 0:  # all at once
        units = [1]
    frames, step = track.samples, track.usual_units
    if video.structure.fragmented:
        times = _index(video.stream)["time"]
        step = int(np.median(np.diff(np.sort(times)))) if len(times) > 1 else step
        units.insert(0, int(times.max() - times.min()) + step if len(times) else 0)
        frames = max(len(times), round(units[0] / step) if step else 0)
    lengths = [Fraction(each, track.timescale) for each in units if each > 0]
    if not lengths or not frames:
        return None
    rate = Fraction(track.timescale, step) if step > 0 else frames / lengths[0]
    shown = _longest_edit(track)
    partial = video.structure.fragmented or (shown is not None and shown < min(lengths))
    presented = _presented(lengths, track)
    return _Pictures(frames, _media(lengths[0], track), lengths + presented, rate, partial)


def _media(whole: Fraction, track: TrackClock) -> list[Fraction]:
    assert track.timescale
    skipped = next((edit.start for edit in track.edits if edit.start > 0), 0)
    rest = whole - Fraction(skipped, track.timescale)
    return [length for length in (whole, Fraction(track.units, track.timescale), rest) if length > 0]


def _presented(lengths: list[Fraction], track: TrackClock) -> list[Fraction]:
    """How long the media is shown where an edit list skips its beginning, or begins late."""
    assert track.timescale
    skipped = next((Fraction(edit.start, track.timescale) for edit in track.edits if edit.start > 0), 0)
    late = sum((edit.seconds for edit in track.edits if edit.start < 0), Fraction(0))
    changed = {length - skipped + late for length in lengths} | {length + late for length in lengths}
    return sorted(length for length in changed if length > 0)


def _longest_edit(track: TrackClock) -> Fraction | None:
    """How much of the media, in s, the edit list needs: to the end of the piece that goes furthest."""
    assert track.timescale
    ends = [
        Fraction(edit.start, track.timescale) + edit.seconds
        for edit in track.edits
        if edit.start >= 0 and edit.plays
    ]
    return max(ends, default=None)


def _second_lengths(
    video: OpenVideo, clocks: Clocks, track: TrackClock, pictures: _Pictures
) -> Iterator[_Length]:
    """Every length that the file states in another clock than that of the pictures."""
    sounds = list(_others(video, clocks, track))
    repeated = sum(edit.start >= 0 for edit in track.edits) > 1 or any(
        edit.start >= 0 and not edit.plays for edit in track.edits
    )
    edited = _longest_edit(track)
    if repeated and edited is not None:
        # The lengths of movie and track are sums of pieces, which say nothing about the media.
        yield _Length(edited, messages.EDIT_LIST, edited > max(pictures.lengths))
    total = sum((edit.seconds for edit in track.edits), Fraction(0)) or None
    stated = [
        (track.stated, messages.TRACK_HEADER),
        (clocks.stated, messages.MOVIE_HEADER),
        (total, messages.EDIT_LIST),
        (video.structure.claimed, messages.FRAGMENT_INDEX),
    ]
    for seconds, source in () if repeated else stated:
        if seconds is not None:
            # Some writers give each track the length of the longest.
            of_sound = seconds == clocks.stated and any(pictures.same(seconds, sound) for sound, _ in sounds)
            yield _Length(seconds, source, not of_sound and not pictures.partial)
    for seconds, parallel in sounds:
        yield _Length(seconds, messages.SOUND, parallel)


def _others(video: OpenVideo, clocks: Clocks, track: TrackClock) -> Iterator[tuple[Fraction, bool]]:
    """How long other tracks are, in s, and whether they run alongside the pictures through the whole file."""
    for stream in video.container.streams:
        other = clocks.track(stream.id, b"soun") if stream.type == "audio" else None
        if other is None or other is track or not other.timescale:
            continue
        units, parallel = other.units, False
        if video.structure.fragmented:
            entries = _index(stream)
            if len(entries) > 1:
                units = int(entries["time"].max() - entries["time"].min())
                parallel = _stored_together(_index(video.stream), entries)
        if units > 0:
            yield Fraction(units, other.timescale), parallel


def _stored_together(pictures: NDArray[np.void], sounds: NDArray[np.void]) -> bool:
    """Whether the same share of both is over at any place, as where each fragment has the same time of both.

    `pictures`, `sounds`: what `_index` gives.
    """
    pictures = pictures[np.argsort(pictures["place"])]
    before = np.searchsorted(np.sort(sounds["place"]), pictures["place"])
    starts = np.flatnonzero(np.diff(before)) + 1  # pictures that sound comes right before
    if len(starts) < _LEAST_PLACES:
        return False
    first, last = int(pictures["time"].min()), int(pictures["time"].max())
    over = (pictures["time"][starts] - first) / max(1, last - first)
    return bool(np.all(np.abs(before[starts] / len(sounds) - over) <= _PARALLEL))


_ENTRY = np.dtype([("time", np.int64), ("place", np.int64)])


def _index(stream: Stream) -> NDArray[np.void]:
    """Decoding times in the track's units, and places in the file, of the samples that the demuxer knows."""
    return np.fromiter(((entry.timestamp, entry.pos) for entry in stream.index_entries), _ENTRY)


def _read_fragments(video: OpenVideo) -> None:
    """Makes the demuxer read the header of the last fragment, and of all where there is no index of them."""
    with contextlib.suppress(av.error.FFmpegError):
        video.container.seek(BEYOND, stream=video.stream)
