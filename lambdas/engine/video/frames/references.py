"""Frames that no other frame is decoded from: they need no decoding when their picture is not needed.

In an H.264 stream with B-frames these are about every second frame. The mark is read from each packet, so
exactly the wanted frames are kept and the analysis grid does not bend to the encoder's choices.
"""

from __future__ import annotations

from collections.abc import Callable

from av.packet import Packet
from av.video.stream import VideoStream

NonReferenceTest = Callable[["Packet[VideoStream]"], bool]


def non_reference_test(stream: VideoStream) -> NonReferenceTest | None:
    """A test whether a packet may be left out without harm to any other; None where that is unknown.

    Known for H.264 and for HEVC of one temporal layer (in more, a frame of a higher layer may rest on one
    that its own layer calls disposable), stored with NAL lengths as MP4 and MOV do.
    """
    configuration = stream.codec_context.extradata or b""
    if stream.codec_context.name == "h264" and len(configuration) > 6 and configuration[0] == 1:
        length_bytes = (configuration[4] & 3) + 1
        return lambda packet: _all_disposable(packet, length_bytes, _h264_disposable)
    if stream.codec_context.name == "hevc" and len(configuration) > 22 and configuration[0] == 1:
        if (configuration[21] >> 3) & 7 != 1:
            return None
        length_bytes = (configuration[21] & 3) + 1
        return lambda packet: _all_disposable(packet, length_bytes, _hevc_disposable)
    return None


def _all_disposable(
    packet: Packet[VideoStream], length_bytes: int, disposable: Callable[[int], bool | None]
) -> bool:
    """Whether every slice of the packet says so, and there is at least one; False on anything malformed."""
    data = memoryview(packet)
    position, slices = 0, 0
    while position + length_bytes < len(data):
        length = int.from_bytes(data[position : position + length_bytes], "big")
        position += length_bytes
        if length == 0 or position + length > len(data):
            return False
        verdict = disposable(data[position])
        if verdict is False:
            return False
        slices += verdict is True
        position += length
    return slices > 0


def _h264_disposable(header: int) -> bool | None:
    """ITU-T H.264, 7.4.1: nal_ref_idc 0 on a coded slice (types 1 to 5); None for what is no slice."""
    if 1 <= header & 31 <= 5:
        return (header >> 5) & 3 == 0
    return None


def _hevc_disposable(header: int) -> bool | None:
    """ITU-T H.265, table 7-1: even types below 16 are sub-layer non-reference slices; from 32 on, no
    slices.
    """
    kind = (header >> 1) & 63
    if kind < 32:
        return kind < 16 and kind % 2 == 0
    return None
