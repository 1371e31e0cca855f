"""When frames are shown in a container that only counts packets in the order they are decoded (AVI)."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

from av.video.frame import PictureType

_REACH = 32
"""Frames: no codec reorders over more than 16."""

_BIDIRECTIONAL = {PictureType.B, PictureType.BI}


class PresentationOrder:
    """Gives frames the times of their places in the order they are shown.

    The n-th frame shown has the time of the n-th packet. A frame's place among the packets is moved back by
    the frames decoded before it and shown later, and forward by those decoded after it and shown earlier.
    Both lie close by, so that decoding may begin at any keyframe, and a packet without a picture leaves its
    place empty instead of moving all that follow.
    """

    def __init__(self, origin: int) -> None:
        """`origin`: the decoding time of the first packet of the video."""
        self._origin = origin
        self._sure = False
        self._times: list[int] = []
        self._pending: set[int] = set()
        self._shown: deque[int] = deque(maxlen=_REACH)

    def decoding(self, time: int) -> None:
        """A packet of decoding time `time` goes to the decoder; times rise."""
        self._pending.add(len(self._times))
        self._times.append(time)

    def shown(self, decoded: int, kind: int) -> int | None:
        """The presentation time of the next frame shown.

        None where it cannot be known: where decoding does not begin with the first packet of the video, from
        the keyframe that it begins with until the next frame that is no B-frame. Frames decoded after that
        keyframe and shown before it may be missing, since they depend on frames before it too.

        Args:
            decoded: the decoding time of its packet.
            kind: its `PictureType`.
        """
        place = bisect_left(self._times, decoded)
        # Only a B-frame is shown before one decoded earlier; what else is missing gave no picture.
        bidirectional = kind in _BIDIRECTIONAL
        oldest = place - _REACH if bidirectional else place
        self._sure |= self._times[0] <= self._origin or (place > 0 and not bidirectional)
        self._pending = {each for each in self._pending if each > oldest and each != place}
        later = sum(each < place for each in self._pending)
        earlier = sum(each > place for each in self._shown)
        self._shown.append(place)
        if not self._sure:
            return None
        return self._times[min(place - later + earlier, len(self._times) - 1)]
