"""Files that are no video at all: what each is."""

from __future__ import annotations

import re

from engine.messages import video as messages

_SOUND = (
    (b"ID3", "an MP3 sound file"),
    (b"fLaC", "a FLAC sound file"),
    (b"#!AMR", "an AMR sound file"),
    (b"RF64", "a WAV sound file"),
)
_FILES = (
    (b"%PDF", "a PDF document"),
    (b"PK\3\4", "a ZIP archive"),
    (b"PK\5\6", "a ZIP archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"#EXTM3U", "an HLS playlist, which holds no video itself"),
)
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+)?html\b", re.I)
_STORE_ERROR = re.compile(rb"(?:<\?xml[^>]*>\s*)?<Error>.{0,1000}?<Code>(\w{1,64})</Code>", re.S)
_TEXT_BYTES = 4096
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


def other_file(head: bytes) -> str | None:
    """What to say of a file whose first bytes are `head`; None where they are of no such file."""
    if not any(head):
        return messages.ZEROS
    for begin, name in _SOUND:
        if head.startswith(begin):
            return messages.sound(name)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return messages.sound("an AIFF sound file")
    if head[:4] == b"RIFF":
        return _riff(head[8:12])
    if _is_mp3(head):
        return messages.sound("an MP3 sound file")
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return messages.sound("an AAC sound file")
    for begin, name in _FILES:
        if head.startswith(begin):
            return messages.other_file(name)
    return _text(head)


def _riff(form: bytes) -> str | None:
    if form == b"WAVE":
        return messages.sound("a WAV sound file")
    return messages.other_file("a WebP picture") if form == b"WEBP" else None


def _is_mp3(head: bytes) -> bool:
    """A frame of layer III (ISO 11172-3, 2.4.1.3) with a bit rate and a sample rate that exist."""
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB)
        and head[2] >> 4 not in (0, 15)
        and head[2] >> 2 & 3 != 3
    )


def _text(head: bytes) -> str | None:
    """Text documents, which downloads that failed leave more often than any other file."""
    begin = head[:_TEXT_BYTES]
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return messages.other_file("a text file")
    if len(begin.translate(None, _CONTROLS)) < len(begin):
        return None
    begin = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"<"):
        return _markup(begin)
    return messages.other_file("a text file") if _is_utf8(begin) else None


def _markup(begin: bytes) -> str:
    if b"<MPD" in begin:
        return messages.other_file("a DASH manifest, which holds no video itself")
    if _WEB_PAGE.search(begin):
        return messages.WEB_PAGE
    error = _STORE_ERROR.match(begin)
    if error is not None:
        return messages.store_error(error[1].decode("ascii"))
    return messages.other_file("an XML document" if begin.startswith(b"<?xml") else "a text file")


def _is_utf8(text: bytes) -> bool:
    """The last letter may be cut."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start >= len(text) - 3
    return True
