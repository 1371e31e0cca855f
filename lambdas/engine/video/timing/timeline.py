"""From a container's clock to the contract's: frame numbers and milliseconds from the first presented
frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import floor

import numpy as np
from av.error import FFmpegError
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.messages import video as messages
from engine.video.containers.container import MAX_RATE, OpenVideo, claimed_seconds
from engine.video.errors import VideoError
from engine.video.timing.tail import PACKETS, Shown, end_of, read_tail

_HEAD_PACKETS = 40
"""Packets from which the first frame shown is found: far more than any codec reorders."""

HELD_SECONDS = 1
"""A frame on show for longer is held: its people are reported for as long as it is. Up to here, it is a frame
of a low rate.
"""

_INDEX_ENTRIES = 200_000
"""Entries of the index that are checked for a constant rate: two hours at 25 Hz."""


_ENTRY = np.dtype([("time", np.int64), ("hidden", np.bool_)])


@dataclass(frozen=True, slots=True)
class Timeline:
    """Times of a stream's frames.

    Attributes:
        origin: presentation time of the first presented frame, in units of `time_base`.
        time_base: seconds a unit.
        rate: frames a second; the mean one where the rate varies.
        constant: whether frame n is presented at ``n / rate`` s, up to the rounding of the container's clock.
        decoding_times: whether packets have decoding times only, as in an AVI: the presentation times that
            the demuxer guesses are wrong where there are B-frames.
    """

    origin: int
    time_base: Fraction
    rate: Fraction
    constant: bool
    decoding_times: bool = False

    def number(self, pts: int) -> int:
        """The frame's number from 0; the nearest one on the mean rate where the rate varies."""
        frames = (pts - self.origin) * self.time_base.numerator * self.rate.numerator
        units = self.time_base.denominator * self.rate.denominator
        return (2 * frames + units) // (2 * units)  # rounded; run for every packet

    def seconds(self, pts: int) -> Fraction:
        """When the frame goes on show, in seconds from the first one, freed of the container's rounding."""
        if self.constant:
            return Fraction(self.number(pts)) / self.rate
        return (pts - self.origin) * self.time_base

    def millis(self, pts: int) -> int:
        """The contract's Timestamp: ``floor(1000 · seconds)``."""
        if self.constant:
            return 1000 * self.number(pts) * self.rate.denominator // self.rate.numerator
        return floor(1000 * self.seconds(pts))

    def pts(self, seconds: Fraction) -> int:
        """The container's time of an instant, rounded down."""
        return self.origin + floor(seconds / self.time_base)


def read_timeline(video: OpenVideo) -> Timeline:
    """Reads origin and rate from the container's index and the stream's first packets.

    Leaves the container at an undefined position: seek before reading on.
    """
    stream = video.stream
    assert stream.time_base is not None
    by_decoding = video.demuxer == "avi"
    origin = _first_presented(video, by_decoding=by_decoding)
    index_incomplete = stream.codec_context.has_b_frames or video.structure.fragmented
    tail = read_tail(video) if index_incomplete and not by_decoding else []
    # With the last fragment in it. Of those before it that have not been read, the rate may be another one:
    # the index then has a gap, and the rate counts as a variable one.
    index = _index(stream)
    for rate in _candidates(stream):
        if _fits(index, rate * stream.time_base) and _ends_regularly(video, tail, rate):
            return Timeline(origin, stream.time_base, rate, constant=True, decoding_times=by_decoding)
    rate = _mean_rate(video, origin, tail)
    return Timeline(origin, stream.time_base, rate, constant=False, decoding_times=by_decoding)


def _first_presented(video: OpenVideo, *, by_decoding: bool) -> int:
    """The lowest presentation time among the first packets that an edit list does not hide.

    `by_decoding`: the lowest decoding time instead.
    """
    times: list[int] = []
    try:
        for packet in islice(video.container.demux(video.stream), _HEAD_PACKETS):
            time = packet.dts if by_decoding or packet.pts is None else packet.pts
            if packet.size and not packet.is_discard and time is not None:
                times.append(time)
    except FFmpegError:
        pass  # a container that breaks off this early may still hold a frame
    return min(times, default=video.stream.start_time or 0)


def _ends_regularly(video: OpenVideo, tail: list[Shown], rate: Fraction) -> bool:
    """Whether the last frames come at that rate, and the last one of all is not held.

    `tail`: what `read_tail` gives, where the index is incomplete.
    """
    stream = video.stream
    assert stream.time_base is not None
    # Between frames shown before the middle of a tail, some may be missing that were decoded before it.
    whole = tail[PACKETS // 2].decoded if len(tail) == PACKETS else None
    shown = [each.time for each in tail if not each.hidden and (whole is None or each.time >= whole)]
    times = np.unique(np.array(shown, np.int64))
    if not _on_grid(times, rate * stream.time_base):
        return False
    if video.structure.fragmented:
        end = end_of(tail)
        last = max((each.time for each in tail if not each.hidden), default=0)
        held = Fraction(0) if end is None else (end - last) * stream.time_base
    else:
        seconds = claimed_seconds(video)
        before = _decoded_span(stream) * stream.time_base
        held = Fraction(0) if seconds is None or video.demuxer == "avi" else seconds - before
    return held <= HELD_SECONDS + 1 / rate


def _decoded_span(stream: VideoStream) -> int:
    """From the first frame that is shown to the last, by the index's decoding times, in units."""
    entries = stream.index_entries
    places = range(len(entries))
    first = next((entries[at].timestamp for at in places if not entries[at].is_discard), 0)
    last = next((entries[at].timestamp for at in reversed(places) if not entries[at].is_discard), first)
    return last - first


def _candidates(stream: VideoStream, *, mean_first: bool = False) -> list[Fraction]:
    rates = [stream.guessed_rate, stream.base_rate, stream.average_rate]
    if mean_first:
        rates.reverse()
    return [rate for rate in rates if rate is not None and 0 < rate <= MAX_RATE]


def _mean_rate(video: OpenVideo, origin: int, tail: list[Shown]) -> Fraction:
    """Frames a second of a rate that varies: of all frames over the time they are shown.

    Without `tail`, or with an index read piece by piece, what the demuxer reckons from decoding times.

    Raises:
        VideoError: the container's claims are absurd.
    """
    stream = video.stream
    assert stream.time_base is not None
    end = end_of(tail)
    if end is not None and end > origin and video.structure.claimed is None:
        frames = sum(not entry.is_discard for entry in stream.index_entries)
        rate = frames / ((end - origin) * stream.time_base)
        if 0 < rate <= MAX_RATE:
            return rate
    rates = _candidates(stream, mean_first=True)
    return rates[0] if rates else _measured_rate(stream)


def _measured_rate(stream: VideoStream) -> Fraction:
    """Frames a second by the index's decoding times, where the container's own claims are absurd.

    Raises:
        VideoError: these are absurd too.
    """
    assert stream.time_base is not None
    entries = islice(stream.index_entries, _INDEX_ENTRIES)
    times = [entry.timestamp for entry in entries if not entry.is_discard]
    elapsed = (times[-1] - times[0]) * stream.time_base if times else Fraction(0)
    rate = (len(times) - 1) / elapsed if elapsed > 0 else Fraction(0)
    if not 0 < rate <= MAX_RATE:
        raise VideoError(messages.NO_FRAME_RATE)
    return rate


def _index(stream: VideoStream) -> NDArray[np.void]:
    """Decoding times of the frames in the index, and whether an edit list hides them."""
    entries = islice(stream.index_entries, _INDEX_ENTRIES)
    return np.fromiter(((entry.timestamp, entry.is_discard) for entry in entries), _ENTRY)


def _fits(index: NDArray[np.void], frames_a_unit: Fraction) -> bool:
    """Whether the index's decoding times lie on the grid of a rate, to within its clock's rounding or a
    tenth of a frame.

    Decoding times are as regular as presentation times: a container of constant rate shifts whole frames. But
    where frames are reordered, those of the last frames are times of frames before them. A missing frame
    makes the rate a variable one, since the frame before it is then longer on show.
    """
    shown = index["time"][~index["hidden"]]
    # Between frames that are shown, an edit list hides some that are decoded there and shown elsewhere.
    return _on_grid(shown, frames_a_unit) or _on_grid(index["time"], frames_a_unit)


def _on_grid(times: NDArray[np.int64], frames_a_unit: Fraction) -> bool:
    """Whether times follow one another at that rate, to within a unit or a tenth of a frame."""
    if times.size < 2:
        return True
    step = float(1 / frames_a_unit)
    elapsed = (times - times[0]).astype(np.float64)
    numbers = np.rint(elapsed / step)
    slack = max(1.0, step / 10)
    return bool(np.all(np.abs(elapsed - numbers * step) <= slack) and np.all(np.diff(numbers) == 1))
