"""Files that were cut off: refused, or their duration is what is there."""

from __future__ import annotations

import re
import struct
import tempfile
from functools import cache
from pathlib import Path

import pytest

from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import VideoMetadata, read_metadata
from engine.video.segments import plan_segments
from testing.clips import grain, make_clip

FRAGMENTED = "frag_keyframe+empty_moov"


def clip_of(path: Path, frames: int = 250, *, keyframes: int = 25, movflags: str | None = None) -> Path:
    path.write_bytes(_clip(path.suffix, frames, keyframes, movflags))
    return path


@cache
def _clip(suffix: str, frames: int, keyframes: int, movflags: str | None) -> bytes:
    """Encoded once for the many tests that cut it off."""
    avi = suffix == ".avi"
    with tempfile.TemporaryDirectory(prefix="people-pathing-") as folder:
        return make_clip(
            Path(folder, f"clip{suffix}"),
            frames,
            size=(96, 64),
            codec="mjpeg" if avi else "libx264",
            pix_fmt="yuvj420p" if avi else "yuv420p",
            options={"g": str(keyframes)},
            movflags=movflags,
            picture=grain,
        ).read_bytes()


def cut(path: Path, part: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    return path


def metadata(path: Path) -> VideoMetadata:
    with path.open("rb") as file:
        return read_metadata(file)


def reason(path: Path) -> str:
    with pytest.raises(VideoError) as caught:
        metadata(path)
    return str(caught.value)


def last_timestamp(path: Path) -> int:
    found = metadata(path)
    with path.open("rb") as file:
        last = plan_segments(found, 3600)[-1]
        return max(frame.timestamp_ms for frame in read_frames(file, 0, last.end_ms, 25))


@pytest.mark.parametrize(
    ("name", "movflags"), [("a.mp4", "faststart"), ("a.mov", "faststart"), ("a.avi", None)]
)
def test_half_a_file_is_refused_with_how_much_can_be_read(
    tmp_path: Path, name: str, movflags: str | None
) -> None:
    line = reason(cut(clip_of(tmp_path / name, movflags=movflags), 0.5))
    assert line.startswith("The video is truncated: ")
    readable, claimed = (float(word) for word in line.split() if word.replace(".", "", 1).isdigit())
    assert (claimed, readable) == (10.0, pytest.approx(5, abs=0.8))


def test_half_a_file_whose_media_claims_to_go_on_to_its_end_is_refused_too(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags="faststart")
    content = bytearray(clip.read_bytes())
    struct.pack_into(">I", content, content.index(b"mdat") - 4, 0)
    clip.write_bytes(content)
    assert metadata(clip).duration_millis == 10_000
    assert reason(cut(clip, 0.5)).startswith("The video is truncated: ")


def test_frames_that_lie_beyond_the_file_are_missing_wherever_they_are_in_the_video(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", 250, size=(96, 64), movflags="faststart", sound=True)
    content = bytearray(clip.read_bytes())
    offsets = content.index(b"stco") + 12
    struct.pack_into(">I", content, offsets + 4 * 100, len(content) + 5000)
    clip.write_bytes(content)
    assert "of 10.0 s can be read" in reason(clip)


def test_a_few_frames_cut_off_shorten_the_video(tmp_path: Path) -> None:
    found = metadata(cut(clip_of(tmp_path / "a.mp4", movflags="faststart"), 0.9))
    assert found.duration_millis == pytest.approx(9000, abs=200)
    assert found.note == f"The file is cut off: {found.duration_millis / 1000:.1f} s of 10.0 s could be read."


def test_one_long_fragment_cut_in_half_is_refused(tmp_path: Path) -> None:
    line = reason(cut(clip_of(tmp_path / "a.mp4", keyframes=250, movflags=FRAGMENTED), 0.5))
    assert line.startswith("The video is truncated: ")
    assert "of 10.0 s can be read" in line


@pytest.mark.parametrize("part", [0.13, 0.37, 0.5, 0.52, 0.54, 0.56, 0.58, 0.71, 0.94])
def test_a_recording_in_fragments_that_broke_off_is_as_long_as_what_is_there(
    tmp_path: Path, part: float
) -> None:
    clip = cut(clip_of(tmp_path / "a.mp4", movflags=FRAGMENTED), part)
    found = metadata(clip)
    assert found.duration_millis == pytest.approx(10_000 * part, abs=300)
    assert last_timestamp(clip) < found.duration_millis <= last_timestamp(clip) + 400


@pytest.mark.parametrize("movflags", [FRAGMENTED, f"{FRAGMENTED}+dash", f"{FRAGMENTED}+dash+global_sidx"])
def test_whole_fragments_are_counted_to_the_last(tmp_path: Path, movflags: str) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags=movflags)
    assert (metadata(clip).duration_millis, metadata(clip).note) == (10_000, None)
    assert last_timestamp(clip) == 9960


def test_fragments_that_an_index_at_the_start_promises_are_missed(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags="dash+global_sidx+frag_keyframe+empty_moov")
    assert (metadata(clip).duration_millis, metadata(clip).note) == (10_000, None)
    whole = clip.read_bytes()
    clip.write_bytes(whole[: whole.index(b"moof", len(whole) // 2) - 4])  # right between two fragments
    assert "of 10.0 s can be read" in reason(clip)


def test_fragments_that_the_movie_promises_are_missed(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags=FRAGMENTED + "+default_base_moof")
    content = bytearray(clip.read_bytes())
    clock = struct.unpack_from(">I", content, content.index(b"mvhd") + 16)[0]
    box = struct.pack(">I4sII", 16, b"mehd", 0, 10 * clock)
    at = content.index(b"mvex") + 4
    content[at:at] = box
    for kind in (b"mvex", b"moov"):
        start = content.index(kind) - 4
        struct.pack_into(">I", content, start, struct.unpack_from(">I", content, start)[0] + len(box))
    clip.write_bytes(content)
    assert metadata(clip).duration_millis == 10_000
    half = bytes(content[: content.index(b"moof", len(content) // 2) - 4])
    clip.write_bytes(half)
    assert "of 10.0 s can be read" in reason(clip)


def test_an_avi_that_was_never_finished_is_as_long_as_what_is_there(tmp_path: Path) -> None:
    clip = cut(clip_of(tmp_path / "a.avi"), 0.5)
    content = bytearray(clip.read_bytes())
    for at in (4, content.index(b"movi") - 4, content.index(b"avih") + 24, content.index(b"strh") + 40):
        struct.pack_into("<I", content, at, 0)
    clip.write_bytes(content)
    found = metadata(clip)
    assert found.duration_millis == pytest.approx(5000, abs=800)
    assert last_timestamp(clip) < found.duration_millis


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_an_avi_with_b_frames_that_lost_its_end_is_no_longer_than_its_frames(
    tmp_path: Path, codec: str
) -> None:
    clip = make_clip(
        tmp_path / "a.avi", 250, size=(96, 64), codec=codec, options={"g": "25", "bf": "2"}, picture=grain
    )
    content = clip.read_bytes()
    clip.write_bytes(content[: content.rindex(b"idx1")])
    assert metadata(clip).duration_millis == 10_000
    # In the middle of the last frame: its chunk begins at the last header of a video chunk.
    clip.write_bytes(content[: content.rindex(b"00dc", 0, content.rindex(b"idx1")) + 12])
    found = metadata(clip)
    assert found.duration_millis == 9960
    assert found.note is not None
    assert last_timestamp(clip) < found.duration_millis


@pytest.mark.parametrize("within", [9, 60, 100])
def test_fragments_before_one_whose_header_is_cut_off_are_tracked(tmp_path: Path, within: int) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags="frag_keyframe+empty_moov")
    content = clip.read_bytes()
    sixth = [match.start() - 4 for match in re.finditer(b"moof", content)][5]
    clip.write_bytes(content[: sixth + within])
    found = metadata(clip)
    assert found.duration_millis == pytest.approx(5000, abs=200)
    assert found.duration_millis - 67 <= last_timestamp(clip) < found.duration_millis


@pytest.mark.parametrize("index", ["", "+global_sidx"])
@pytest.mark.parametrize("left", [0, 7, 9, 60])
def test_an_index_of_fragments_without_a_whole_one_is_truncated(
    tmp_path: Path, left: int, index: str
) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags=FRAGMENTED + index)
    content = clip.read_bytes()
    clip.write_bytes(content[: content.index(b"moof") - 4 + left])
    assert reason(clip) == (
        "The video is truncated: it has the index of a recording in fragments, and no whole fragment (moof) "
        "behind it. Upload the whole file again."
    )


def test_fragments_without_media_leave_nothing_to_save(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags=FRAGMENTED + "+global_sidx")
    content = clip.read_bytes()
    clip.write_bytes(content[: content.index(b"mdat") + 4])
    assert reason(clip) == "The video is truncated: 0.0 s of 10.0 s can be read. Upload the whole file again."


def test_what_a_movie_holds_before_a_fragment_whose_header_is_cut_off_is_tracked(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "a.mp4", movflags="frag_keyframe")
    content = clip.read_bytes()
    clip.write_bytes(content[: content.index(b"moof") + 100])
    assert metadata(clip).duration_millis == pytest.approx(1000, abs=80)


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("codec", ["mpeg4", "mjpeg", "libx264"])
def test_an_avi_without_its_index_is_tracked_whole_with_a_note(
    tmp_path: Path, codec: str, finished: bool
) -> None:
    options = {} if codec == "mjpeg" else {"g": "25", "bf": "2"}
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = make_clip(
        tmp_path / "a.avi", 150, size=(96, 64), codec=codec, options=options, pix_fmt=pixels, sound=True
    )
    whole = metadata(clip)
    assert whole.note is None
    content = bytearray(clip.read_bytes())
    del content[content.rindex(b"idx1") :]
    if finished:  # as a recorder leaves it that writes none
        struct.pack_into("<I", content, 4, len(content) - 8)
        flags = content.index(b"avih") + 20
        struct.pack_into("<I", content, flags, struct.unpack_from("<I", content, flags)[0] & ~0x10)
    clip.write_bytes(content)
    found = metadata(clip)
    assert found.note == (
        "The AVI file has no index, as after a recording that broke off: "
        "it was read from its start to its end."
    )
    assert found.duration_millis == whole.duration_millis
    with clip.open("rb") as file:
        stamps = [
            frame.timestamp_ms
            for part in plan_segments(found, 1.3)
            for frame in read_frames(file, part.start_ms, part.end_ms, 5)
        ]
    assert stamps == list(range(0, whole.duration_millis, 200))


def test_a_file_without_its_index_says_that_it_has_none(tmp_path: Path) -> None:
    assert reason(cut(clip_of(tmp_path / "a.mp4"), 0.5)) == (
        "The video is truncated or damaged: it has no index (moov), as after a recording or an upload that "
        "broke off. Upload the whole file again."
    )


@pytest.mark.parametrize("table", [b"stts", b"stsz"])
def test_a_table_of_samples_that_ends_before_another_one_is_truncated(tmp_path: Path, table: bytes) -> None:
    clip = clip_of(tmp_path / "clip.mp4")
    content = bytearray(clip.read_bytes())
    struct.pack_into(">I", content, content.index(table) + 12, 100)
    clip.write_bytes(content)
    assert reason(clip).startswith("The video is truncated: 4.0 s of 10.0 s can be read.")


def test_times_of_more_samples_than_there_are_change_nothing(tmp_path: Path) -> None:
    clip = clip_of(tmp_path / "clip.mp4")
    content = bytearray(clip.read_bytes())
    struct.pack_into(">I", content, content.index(b"stts") + 12, 100_000)
    clip.write_bytes(content)
    assert (metadata(clip).duration_millis, metadata(clip).note) == (10_000, None)
