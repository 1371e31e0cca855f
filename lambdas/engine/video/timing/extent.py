"""How much of a video is there: what its container claims against what the file holds.

A file that was cut off keeps its claims. Its duration is then what can be read; it is refused when much more
was claimed, since paths that stop half way would pass for people who left.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
import numpy as np

from engine.messages import video as messages
from engine.video.containers.container import MAX_SECONDS, OpenVideo, claimed_seconds
from engine.video.errors import VideoError
from engine.video.timing.seeking import seek
from engine.video.timing.tail import end_of, read_tail
from engine.video.timing.timeline import Timeline

_LOST_SECONDS = Fraction(2)
"""A camera that loses power loses about as much: a fragment that it was still writing."""

_LOST_SHARE = Fraction(2, 100)
"""The share of a video that may be missing at its end, where that is more than two seconds."""

_ENTRY = np.dtype([("timestamp", np.int64), ("end", np.int64), ("hidden", np.bool_)])


@dataclass(frozen=True, slots=True)
class Extent:
    """Seconds of a video that can be read, of those it claims; the same where nothing is missing."""

    readable: Fraction
    claimed: Fraction

    @property
    def cut_off(self) -> bool:
        return self.readable < self.claimed


def read_extent(video: OpenVideo, timeline: Timeline) -> Extent:
    """Reads the index, and where there is none the whole file.

    Leaves the container at an undefined position: seek before reading on.

    Raises:
        VideoError: more than 2 seconds and 2 % of what is claimed are missing, or the video is too long.
    """
    extent = _of_avi(video, timeline) if video.demuxer == "avi" else _of_movie(video, timeline)
    if extent.claimed > MAX_SECONDS:
        raise VideoError(messages.too_long(extent.claimed, MAX_SECONDS // 3600))
    missing = extent.claimed - extent.readable
    if missing > max(_LOST_SECONDS, _LOST_SHARE * extent.claimed):
        raise VideoError(messages.truncated(extent.readable, extent.claimed))
    return extent


def _of_avi(video: OpenVideo, timeline: Timeline) -> Extent:
    """An AVI's index comes last, and its duration without one is the demuxer's guess."""
    claimed = video.stream.frames / timeline.rate
    if video.structure.cut_off or not video.structure.indexed or not claimed:
        readable = _scanned(video, timeline)
        return Extent(readable, max(readable, claimed))
    seconds = claimed_seconds(video) or _scanned(video, timeline)
    return Extent(seconds, seconds)


def _of_movie(video: OpenVideo, timeline: Timeline) -> Extent:
    """The index says where every frame lies; of a fragmented file, it is what the fragments there say."""
    boxes = video.structure
    if boxes.fragmented:
        # Where a list of all fragments is in the file, the demuxer reads each when it is reached.
        seek(video, timeline, Fraction(2 * MAX_SECONDS))
    entries = np.fromiter(
        ((entry.timestamp, entry.pos + entry.size, entry.is_discard) for entry in video.stream.index_entries),
        _ENTRY,
    )
    shown = entries[~entries["hidden"]]
    seconds = claimed_seconds(video)
    if not shown.size:
        seconds = seconds or _scanned(video, timeline)
        return Extent(seconds, seconds)
    start, last = int(shown["timestamp"].min()), int(shown["timestamp"].max())
    indexed = (last - start) * timeline.time_base + 1 / timeline.rate
    beyond = shown["timestamp"][shown["end"] > video.file_bytes]
    if boxes.fragmented and not timeline.constant and not beyond.size:
        end = end_of(read_tail(video))
        indexed = indexed if end is None else timeline.seconds(end)
    if boxes.fragmented:
        claimed = max(indexed, boxes.claimed or Fraction(0))
    else:  # a length that ends before the last frame is wrong
        claimed = seconds if seconds and seconds > timeline.seconds(last) else indexed
    listed = _listed(video)
    if listed is not None:
        readable, of_sizes = listed
        return Extent(min(readable, claimed), max(claimed, of_sizes))
    if beyond.size:
        readable = (int(beyond.min()) - start) * timeline.time_base
        return Extent(min(readable, claimed), claimed)
    return Extent(indexed if boxes.fragmented else claimed, claimed)


def _listed(video: OpenVideo) -> tuple[Fraction, Fraction] | None:
    """Seconds of the samples that have both a time and a size, and of all with a size; None where that is
    the same, to within 2 %.
    """
    clocks = video.structure.clocks
    track = clocks.track(video.stream.id, b"vide") if clocks is not None else None
    if track is None or video.structure.fragmented or not (track.sizes and track.samples and track.timescale):
        return None
    both = min(track.sizes, track.samples)
    if max(track.sizes, track.samples) - both <= _LOST_SHARE * track.samples:
        return None
    each = Fraction(track.units, track.samples * track.timescale)
    return both * each, track.sizes * each


def _scanned(video: OpenVideo, timeline: Timeline) -> Fraction:
    """The duration of a file that claims none, in s, from the presentation times of all its packets.

    Raises:
        VideoError: it goes on for longer than can be processed.
    """
    seek(video, timeline, Fraction(0))
    last = timeline.origin
    try:
        for packet in video.container.demux(video.stream):
            if packet.is_corrupt:
                continue  # the file ends within it
            # What an AVI's demuxer makes up for presentation times without an index is late.
            time = packet.dts if timeline.decoding_times or packet.pts is None else packet.pts
            if time is not None and time > last:
                last = time
                seconds = (last - timeline.origin) * timeline.time_base
                if seconds > MAX_SECONDS:
                    raise VideoError(messages.too_long(seconds, MAX_SECONDS // 3600))
    except av.error.FFmpegError:
        pass  # what follows a break in the container is not shown
    return (last - timeline.origin) * timeline.time_base + 1 / timeline.rate
