"""Streams of a codec without any container, as some cameras and tools leave them.

They begin with a start code, ``00 00 01``, and the code of a unit behind it: Annex B of H.264 and of HEVC;
ISO 14496-2, 6.3.1 for MPEG-4; ISO 13818-2, 6.2.1 for MPEG-1 and MPEG-2.
"""

from __future__ import annotations

from dataclasses import dataclass

_MOST_ZEROS = 16
"""Zero bytes that may stand before the first start code."""

_H264_UNITS = frozenset({1, 5, 6, 7, 8, 9})
"""nal_unit_type of slices, parameter sets, messages and delimiters."""

_HEVC_UNITS = frozenset({0, 1, *range(16, 22), *range(32, 36), 39, 40})
"""The same of HEVC: 32 to 34 are the parameter sets."""


@dataclass(frozen=True, slots=True)
class RawStream:
    """The codec as users know it, and the suffix by which ``ffmpeg`` does."""

    codec: str
    suffix: str


def raw_stream(head: bytes) -> RawStream | None:
    """What a stream is whose first bytes are `head`; None where it is none of these."""
    start = head.find(b"\0\0\1", 0, _MOST_ZEROS)
    if start < 0 or any(head[:start]) or len(head) < start + 8:
        return None
    code, unit = head[start + 3], head[start + 3 : start + 5]
    if code == 0xB3:
        return RawStream("MPEG-1 or MPEG-2", "mpv")
    if code in (0xB0, 0xB5) or (code <= 0x1F and head[start + 4 : start + 7] == b"\0\0\1"):
        return RawStream("MPEG-4", "m4v")
    if _is_hevc(unit):
        return RawStream("HEVC", "hevc")
    return RawStream("H.264", "h264") if _is_h264(code) else None


def _is_hevc(unit: bytes) -> bool:
    """A header of two bytes: the type, the base layer, the lowest temporal sub-layer."""
    return unit[0] < 0x80 and not unit[0] & 1 and unit[0] >> 1 in _HEVC_UNITS and unit[1] == 1


def _is_h264(header: int) -> bool:
    """The importance is above 0 for parameter sets and 0 for messages and delimiters."""
    kind, importance = header & 31, header >> 5
    if header >= 0x80 or kind not in _H264_UNITS:
        return False
    return importance == 0 if kind in (6, 9) else kind == 1 or importance > 0
