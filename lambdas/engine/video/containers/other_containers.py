"""Videos in containers that are not opened: what each is, and the command that makes an MP4 of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.messages import video as messages
from engine.video.containers.raw_streams import raw_stream

_PACKETS = ((188, 0), (192, 4), (204, 0))
"""Bytes of a transport stream's packets, and where in them the mark is: plain packets (ISO 13818-1), with a
time before, with a checksum behind.
"""

_FEWEST_MARKS, _MARKS = 3, 8


@dataclass(frozen=True)
class _Container:
    """A kind of video file that is not opened. `copies`: whether an MP4 can hold its video as it is."""

    begins: tuple[bytes, ...]
    name: str
    suffix: str
    copies: bool


_CONTAINERS = (
    _Container((b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",), "a Windows Media (ASF) file", "wmv", False),
    _Container((b"OggS",), "an Ogg file", "ogv", False),
    _Container((b".RMF",), "a RealMedia file", "rm", False),
    _Container((b"GIF87a", b"GIF89a"), "a GIF animation", "gif", False),
    _Container((b"\x06\x0e\x2b\x34\x02\x05\x01\x01",), "an MXF file", "mxf", False),
    _Container((b"\x1f\x07\x00",), "a raw DV file", "dv", False),
    _Container((b"YUV4MPEG2",), "a Y4M file", "y4m", False),
    _Container((b"DKIF",), "an IVF file", "ivf", False),
    _Container((b"nut/multimedia container",), "a NUT file", "nut", False),
    _Container((b"\xb7\xd8\x00\x20\x37\x49\xda\x11",), "a Windows Recorded TV (WTV) file", "wtv", False),
    _Container((b"DHAV",), "a DHAV (Dahua) recording", "dav", True),
    _Container((b"IMKH",), "a Hikvision recording (an MPEG program stream)", "ps", True),
    _Container((b"\0\0\1\xba",), "an MPEG program stream (MPG, VOB)", "mpg", True),
)


def other_container(head: bytes) -> str | None:
    """What to say of a video whose first bytes are `head`; None where they are of no such container."""
    for container in _CONTAINERS:
        if head.startswith(container.begins):
            return messages.other_container(container.name, container.suffix, copies=container.copies)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if head.startswith(b"FLV\1"):
        return _flash(head)
    if _is_transport_stream(head):
        return messages.other_container("an MPEG transport stream (TS, MTS, M2TS)", "ts", copies=True)
    raw = raw_stream(head)
    return None if raw is None else messages.raw_stream(raw.codec, raw.suffix)


def _matroska(head: bytes) -> str:
    """By its DocType and the CodecID of its video track (RFC 9559)."""
    web = b"webm" in head[:64]
    held = (b"V_MPEG4/ISO", b"V_MPEGH/ISO", b"V_MPEG1", b"V_MPEG2", b"V_AV1", b"V_VP9", b"V_MJPEG")
    return messages.other_container(
        "a WebM file" if web else "a Matroska (MKV) file",
        "webm" if web else "mkv",
        copies=any(codec in head for codec in held),
    )


def _flash(head: bytes) -> str:
    """By the CodecID of its first video tag (Adobe Flash Video File Format 10.1, E.4); 7 is H.264."""
    at, copies = 13, True
    while at + 12 <= len(head):
        kind, length = head[at] & 31, int.from_bytes(head[at + 1 : at + 4], "big")
        if kind == 9:
            enhanced = head[at + 11] >= 0x80  # a FourCC follows: HEVC, AV1 or VP9
            copies = enhanced or head[at + 11] & 15 == 7
            break
        at += 11 + length + 4
    return messages.other_container("a Flash video (FLV) file", "flv", copies=copies)


def _is_transport_stream(head: bytes) -> bool:
    """Whether packets follow each other, from any byte on: a recording may begin within one."""
    for length, before in _PACKETS:
        for first in range(before, before + length):
            marks = head[first : first + _MARKS * length : length]
            if len(marks) >= _FEWEST_MARKS and marks.count(b"G") == len(marks):
                return True
    return False
