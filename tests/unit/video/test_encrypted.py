"""Encrypted videos are refused as such, by the container's own boxes."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest

from engine.video.errors import VideoError
from engine.video.metadata import read_metadata
from testing.clips import make_clip

KEY = {
    "encryption_key": "0123456789abcdef0123456789abcdef",
    "encryption_kid": "fedcba9876543210fedcba9876543210",
}


def encrypted(path: Path, **options: str) -> Path:
    """A clip in Common Encryption, as the MP4 writer makes it."""
    clear = make_clip(path.with_name("clear.mp4"), 50, options={"g": "25"})
    writer = {"encryption_scheme": "cenc-aes-ctr", **KEY, **options}
    with av.open(str(clear)) as source, av.open(str(path), "w", container_options=writer) as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    return path


def with_box(content: bytes, within: list[bytes], box: bytes) -> bytes:
    """The file with a box added at the end of the last of `within`, a chain of boxes from the top."""
    changed = bytearray(content)
    at, starts = 0, []
    for kind in within:
        at = content.index(kind, at)
        starts.append(at - 4)
        at += 4
    (length,) = struct.unpack_from(">I", content, starts[-1])
    changed[starts[-1] + length : starts[-1] + length] = box
    for start in starts:
        (length,) = struct.unpack_from(">I", content, start)
        struct.pack_into(">I", changed, start, length + len(box))
    return bytes(changed)


def protection(scheme: bytes) -> bytes:
    """A `sinf` box that names a scheme."""
    schm = struct.pack(">I4sI4sI", 20, b"schm", 0, scheme, 0x10000)
    frma = struct.pack(">I4s4s", 12, b"frma", b"avc1")
    return struct.pack(">I4s", 8 + len(frma) + len(schm), b"sinf") + frma + schm


ENTRY = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"]


def reason(path: Path) -> str:
    with path.open("rb") as file, pytest.raises(VideoError) as caught:
        read_metadata(file)
    return str(caught.value)


def said(scheme: str) -> str:
    return (
        f"The video is encrypted ({scheme}): without its key no frame can be decoded. "
        "Upload a copy without encryption."
    )


def test_common_encryption_is_named_by_its_scheme(tmp_path: Path) -> None:
    assert reason(encrypted(tmp_path / "clip.mp4")) == said("cenc")


@pytest.mark.parametrize("scheme", ["cbcs", "cens", "cbc1", "piff"])
def test_so_are_other_schemes(tmp_path: Path, scheme: str) -> None:
    clip = encrypted(tmp_path / "clip.mp4")
    clip.write_bytes(clip.read_bytes().replace(b"schm\0\0\0\0cenc", b"schm\0\0\0\0" + scheme.encode()))
    assert reason(clip) == said(scheme)


def test_an_encrypted_entry_under_a_clear_name_is_seen(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20, movflags="faststart")
    clip.write_bytes(with_box(clip.read_bytes(), ENTRY, protection(b"cbcs")))
    assert reason(clip) == said("cbcs")


def test_fairplay_is_seen(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mov", 20)
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"drmi"))
    assert reason(clip) == said("FairPlay")


@pytest.mark.parametrize(
    "box",
    [
        struct.pack(">I4sII", 16, b"senc", 0, 0),
        struct.pack(">I4s", 32, b"uuid") + bytes.fromhex("a2394f525a9b4f14a2446c427c648df4") + bytes(8),
    ],
)
def test_samples_that_come_with_what_a_decrypter_needs_are_encrypted(tmp_path: Path, box: bytes) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20, movflags="frag_keyframe+empty_moov")
    clip.write_bytes(with_box(clip.read_bytes(), [b"moof", b"traf"], box))
    assert reason(clip) == said("senc")


def test_an_encrypted_sound_track_does_not_matter(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 20, sound=True)
    clip.write_bytes(clip.read_bytes().replace(b"mp4a", b"enca", 1))
    with clip.open("rb") as file:
        assert read_metadata(file).frame_count == 20


def as_encrypted(content: bytes, entry: bytes, scheme: bytes) -> bytes:
    """A clear file whose sample entry is that of an encrypted one (ISO 14496-12, 8.12; ISO 23001-7, 8.2)."""
    tenc = struct.pack(">I4sIBBBB16s", 32, b"tenc", 1 << 24, 0, 0x19, 1, 0, bytes(16))  # a pattern of 1 in 9
    schi = struct.pack(">I4s", 8 + len(tenc), b"schi") + tenc
    schm = struct.pack(">I4sI4sI", 20, b"schm", 0, scheme, 0x10000)
    frma = struct.pack(">I4s4s", 12, b"frma", entry)
    sinf = struct.pack(">I4s", 8 + len(frma) + len(schm) + len(schi), b"sinf") + frma + schm + schi
    protected = with_box(content, [*ENTRY[:-1], entry], sinf)
    entries = protected.index(b"stsd")  # a brand may have the name of the entry
    return protected[:entries] + protected[entries:].replace(entry, b"encv", 1)


@pytest.mark.parametrize("movflags", ["faststart", "frag_keyframe+empty_moov"])
@pytest.mark.parametrize(
    ("codec", "entry"),
    [("libx265", b"hev1"), ("libx264", b"avc1"), ("libsvtav1", b"av01"), ("mpeg4", b"mp4v")],
)
def test_every_codec_is_seen_to_be_encrypted_in_every_scheme(
    tmp_path: Path, codec: str, entry: bytes, movflags: str
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3, size=(64, 64), codec=codec, movflags=movflags)
    content = clip.read_bytes()
    for scheme in (b"cenc", b"cbc1", b"cens", b"cbcs"):
        clip.write_bytes(as_encrypted(content, entry, scheme))
        assert reason(clip) == said(scheme.decode())
