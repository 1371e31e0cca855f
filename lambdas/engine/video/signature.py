"""What a file is, by its first bytes: the demuxer that reads it, or what to say of another kind of file.

Only MP4, MOV and AVI are opened. Other containers are recognised, so that their owner learns what the file is
and how to convert it, but no demuxer ever sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from engine.messages import video as messages
from engine.video.errors import VideoError

_HEAD_BYTES = 64 * 1024
"""What is read to recognise a file: the track headers of a Matroska file and a dozen packets of a stream."""

_ISO_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"sidx", b"uuid"}
_STILL_PICTURES = {b"heic", b"heix", b"mif1", b"avif"}

_RAW_UNITS = {0x67, 0x47, 0x27, 0x09, 0x06} | {0x40, 0x42, 0x46, 0x4E}
"""First bytes of the parameter sets, delimiters and messages that a stream of H.264 or HEVC begins with."""

_FILES = (
    (b"%PDF", "a PDF document"),
    (b"PK\3\4", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"#EXTM3U", "an HLS playlist, which holds no video itself"),
    (b"ID3", "an MP3 sound file"),
    (b"fLaC", "a FLAC sound file"),
)


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
    _Container((b"\0\0\1\xb3",), "a raw MPEG video stream", "mpv", False),
)


def demuxer_of(file: BinaryIO) -> str:
    """The demuxer that reads the file: ``mov`` for MP4 and MOV, ``avi``.

    Args:
        file: seekable; its position afterwards is undefined.

    Raises:
        VideoError: the file is empty or of another kind, which is named.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if not head:
        raise VideoError(messages.EMPTY)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_PICTURES:
        raise VideoError(messages.other_file("a HEIC or AVIF picture"))
    if head[4:8] in _ISO_BOXES:
        return "mov"
    raise VideoError(_other(head))


def _other(head: bytes) -> str:
    for begin, name in _FILES:
        if head.startswith(begin):
            return messages.other_file(name)
    for container in _CONTAINERS:
        if head.startswith(container.begins):
            return messages.other_container(container.name, container.suffix, copies=container.copies)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if head.startswith(b"FLV\1"):
        return _flash(head)
    if _is_transport_stream(head):
        return messages.other_container("an MPEG transport stream (TS, MTS, M2TS)", "ts", copies=True)
    if _is_raw_stream(head):
        return messages.other_container("a raw H.264 or HEVC stream", "h264", copies=False)
    if b"<MPD" in head[:1000]:
        return messages.other_file("a DASH manifest, which holds no video itself")
    return messages.NO_VIDEO_FILE


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
    """Packets of 188 bytes, of 192 with a time before, or of 204 with a checksum behind (ISO 13818-1)."""
    for length, first in ((188, 0), (192, 4), (204, 0)):
        marks = head[first : first + 5 * length : length]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return True
    return False


def _is_raw_stream(head: bytes) -> bool:
    """A start code and what H.264 or HEVC may begin with behind it (Annex B of either)."""
    start = head.find(b"\0\0\1", 0, 4)
    return start in (0, 1) and len(head) > start + 3 and head[start + 3] in _RAW_UNITS
