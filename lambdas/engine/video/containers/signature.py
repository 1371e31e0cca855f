"""What a file is, by its first bytes: the demuxer that reads it, or what to say of another kind of file.

Only MP4, MOV and AVI are opened. Other files are recognised, so that a message can name the file's kind and
how to convert it, but no demuxer ever reads them.
"""

from __future__ import annotations

from typing import BinaryIO

from engine.messages import video as messages
from engine.video.containers.other_containers import other_container
from engine.video.containers.other_files import other_file
from engine.video.errors import VideoError

_HEAD_BYTES = 64 * 1024
"""What is read to recognise a file: the track headers of a Matroska file and a dozen packets of a stream."""

_ISO_BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"sidx", b"uuid"}
_STILL_PICTURES = {b"heic", b"heix", b"mif1", b"avif"}


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
    # A text may have the name of a box in it; no zero.
    if head[4:8] in _ISO_BOXES and b"\0" in head:
        if head[8:12] in _STILL_PICTURES and head[4:8] == b"ftyp":
            raise VideoError(messages.other_file("a HEIC or AVIF picture"))
        return "mov"
    raise VideoError(other_file(head) or other_container(head) or messages.NO_VIDEO_FILE)
