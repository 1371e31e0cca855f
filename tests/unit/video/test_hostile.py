"""Hostile and broken files: refused or read, never a crash, never another file."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path

import av
import pytest

from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import read_metadata
from engine.video.presentation import grid_timestamps
from testing.clips import make_clip

EXTREMES = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\xff\xff"]


def damaged(content: bytes, rng: random.Random) -> bytes:
    """The file with a few bytes changed, left out or added, in its head more often than not."""
    broken = bytearray(content)
    reach = len(broken) if rng.random() < 0.4 else min(len(broken), 1500)
    for _ in range(rng.choice([1, 2, 5, 20])):
        at = rng.randrange(reach)
        kind = rng.random()
        if kind < 0.5:
            broken[at] = rng.randrange(256)
        elif kind < 0.7:
            broken[at : at + 4] = rng.choice(EXTREMES)
        elif kind < 0.85:
            del broken[at : at + rng.randrange(40)]
        else:
            broken[at:at] = rng.randbytes(rng.randrange(20))
        reach = min(reach, len(broken))
    return bytes(broken)


@pytest.mark.parametrize(
    ("name", "codec", "options", "movflags"),
    [
        ("clip.mp4", "libx264", {"bf": "2", "g": "10"}, "faststart"),
        ("clip.mov", "libx264", {"g": "10"}, None),
        ("clip.avi", "mpeg4", {}, None),
        ("clip.mp4", "libx264", {"g": "10"}, "frag_keyframe+empty_moov"),
    ],
)
def test_damage_of_any_kind_is_refused_with_a_line_or_read_around(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], movflags: str | None
) -> None:
    content = make_clip(
        tmp_path / name, 20, size=(96, 64), codec=codec, options=options, movflags=movflags
    ).read_bytes()
    rng = random.Random(name)
    reasons = []
    for _ in range(60):
        file = io.BytesIO(damaged(content, rng))
        try:
            read_metadata(file)
            stamps = [frame.timestamp_ms for frame in read_frames(file, 0, 10**9, 5)]
            grid_timestamps(file, 0, 1000, 15)
        except VideoError as error:
            reasons.append(str(error))
        else:
            assert stamps == sorted(set(stamps))
    assert reasons
    assert all(reason and "\n" not in reason for reason in reasons)


def with_media_elsewhere(content: bytes, path: str) -> bytes:
    """A MOV whose media is said to lie in another file: an alias in its data reference (`dref`)."""
    volume, name = b"\1v" + b"\0" * 26, b"\1f" + b"\0" * 62
    alias = b"\0" * 10 + volume + b"\0" * 12 + name + b"\0" * 36
    absolute = path.encode() + b"\0" * (len(path) % 2)
    alias += struct.pack(">HH", 2, len(absolute)) + absolute + struct.pack(">HH", 0xFFFF, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    at = content.index(b"dref") - 4
    (old,) = struct.unpack_from(">I", content, at)
    box = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    changed = bytearray(content[:at] + box + content[at + old :])
    for parent in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        start = content.rindex(parent, 0, at) - 4
        (size,) = struct.unpack_from(">I", content, start)
        struct.pack_into(">I", changed, start, size + len(box) - old)
    return bytes(changed)


def test_media_in_another_file_is_not_fetched(tmp_path: Path) -> None:
    other = make_clip(tmp_path / "other.mov", 20)
    content = bytearray(with_media_elsewhere(other.read_bytes(), str(other)))
    media, index = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[media:index] = bytes(index - media)
    clip = tmp_path / "clip.mov"
    clip.write_bytes(content)
    with av.open(str(clip), options={"enable_drefs": "1", "use_absolute_path": "1"}) as naive:
        assert len(list(naive.decode(video=0))) == 20  # so the reference does lead there
    with clip.open("rb") as file, pytest.raises(VideoError):
        read_metadata(file)
