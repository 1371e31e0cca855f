"""VideoMetadata true to the file, and files that are refused with a reason."""

import re
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.video.containers.container import MAX_SAMPLES
from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import VideoMetadata, read_metadata
from testing.clips import make_clip, make_sound


def metadata(path: Path) -> VideoMetadata:
    with path.open("rb") as file:
        return read_metadata(file)


def reason(path: Path) -> str:
    with pytest.raises(VideoError) as caught:
        metadata(path)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_an_mp4(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 60, Fraction(30000, 1001), (640, 360))
    assert metadata(clip).as_contract() == {
        "Codec": "h264",
        "DurationMillis": 2002,
        "Format": "QuickTime / MOV",
        "FrameRate": 29.970029830932617,
        "FrameHeight": 360,
        "FrameWidth": 640,
        "ColorRange": "LIMITED",
    }


def test_an_avi(tmp_path: Path) -> None:
    found = metadata(make_clip(tmp_path / "clip.avi", 50, 25, codec="mpeg4")).as_contract()
    assert (found["Format"], found["Codec"], found["DurationMillis"]) == ("AVI", "mpeg4", 2000)


def test_a_mov_of_full_range(tmp_path: Path) -> None:
    found = metadata(make_clip(tmp_path / "clip.mov", full_range=True)).as_contract()
    assert (found["Format"], found["ColorRange"]) == ("QuickTime / MOV", "FULL")


@pytest.mark.parametrize(("rotate", "degrees"), [(-90, 90), (90, 270), (180, 180)])
def test_a_turned_phones_video_has_the_size_it_is_shown_at(tmp_path: Path, rotate: int, degrees: int) -> None:
    found = metadata(make_clip(tmp_path / "clip.mp4", size=(320, 180), rotate=rotate))
    shown = (320, 180) if rotate == 180 else (180, 320)
    assert (found.frame_width, found.frame_height, found.rotation) == (*shown, degrees)


def test_a_variable_rate_is_reported_by_its_mean(tmp_path: Path) -> None:
    times = [Fraction(n, 30) + (Fraction(1) if n >= 45 else 0) for n in range(90)]
    found = metadata(make_clip(tmp_path / "clip.mp4", 90, 30, times=times))
    assert not found.constant_rate
    assert found.duration_millis == pytest.approx(4000, abs=40)
    assert found.frame_rate == pytest.approx(90 / 4, rel=0.02)


def test_hidden_frames_do_not_count(tmp_path: Path) -> None:
    times = [Fraction(n - 12, 25) for n in range(75)]
    assert metadata(make_clip(tmp_path / "clip.mp4", 75, times=times)).duration_millis == 63 * 40


def test_a_late_start_does_not_count(tmp_path: Path) -> None:
    times = [Fraction(7) + Fraction(n, 25) for n in range(50)]
    assert metadata(make_clip(tmp_path / "clip.mp4", 50, times=times)).duration_millis == 2000


def test_a_fragmented_file_without_a_duration(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 100, options={"g": "25"}, movflags="frag_keyframe+empty_moov")
    found = metadata(clip)
    assert (found.duration_millis, found.rate, found.constant_rate) == (4000, 25, True)


@pytest.mark.parametrize("fps", [480, 481, 600, 960, 1000, 2400])
def test_a_high_speed_camera_keeps_its_rate(tmp_path: Path, fps: int) -> None:
    found = metadata(make_clip(tmp_path / "clip.mp4", 120, fps, (96, 64)))
    assert (found.rate, found.constant_rate, found.frame_count) == (fps, True, 120)


def test_a_rate_that_no_camera_has_is_measured_instead(tmp_path: Path) -> None:
    times = [Fraction(n, 25) + Fraction(n % 7, 30_000) for n in range(50)]
    found = metadata(make_clip(tmp_path / "clip.mp4", 50, 30_000, (96, 64), times=times))
    assert float(found.rate) == pytest.approx(25, rel=0.03)


def test_sound_beside_the_picture_does_not_matter(tmp_path: Path) -> None:
    assert metadata(make_clip(tmp_path / "clip.mp4", 50, sound=True)).duration_millis == 2000


def test_nothing_in_it(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert reason(empty) == "The file is empty (0 bytes)."


@pytest.mark.parametrize(
    "content",
    [b"\1\2\3 this is not a video.\n", b"RIFF\x24\x00\x00\x00ACON", b"\x80"],
)
def test_what_is_no_mp4_mov_or_avi_is_not_opened(tmp_path: Path, content: bytes) -> None:
    text = tmp_path / "text.mp4"
    text.write_bytes(content)
    assert reason(text) == "Unsupported codec/format. Not an MP4, MOV or AVI file."


def test_sound_alone(tmp_path: Path) -> None:
    assert (
        reason(make_sound(tmp_path / "sound.mp4"))
        == "Unsupported codec/format. The file holds sound and no video."
    )


def test_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4")
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC"))
    assert "Unsupported codec/format. The codec" in reason(clip)


def test_an_index_with_no_frame_behind_it(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 30, movflags="faststart")
    content = clip.read_bytes()
    media = content.index(b"mdat") + 4
    clip.write_bytes(content[:media] + bytes(len(content) - media))
    assert reason(clip).startswith("The video is truncated or damaged: no frame could be decoded.")


@pytest.mark.parametrize("length", [1, 7, 8, 20, 100, 500])
def test_any_beginning_of_a_file_is_refused(tmp_path: Path, length: int) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 30, movflags="faststart")
    clip.write_bytes(clip.read_bytes()[:length])
    assert reason(clip)


def test_a_claim_of_a_huge_frame_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.avi", 5, codec="rawvideo")
    claim = struct.pack("<ii", 320, 240)
    clip.write_bytes(clip.read_bytes().replace(claim, struct.pack("<ii", 30_000, 30_000)))
    assert reason(clip) == "The video has no frame size that can be processed."


def test_a_huge_frame_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mov", 2, size=(8224, 64), codec="mjpeg", pix_fmt="yuvj420p")
    assert reason(clip) == (
        "The video is 8224×64 pixels: at most 8,192 a side and 35,651,584 in all can be processed. "
        "Make it smaller: ffmpeg -i in.mp4 -an "
        "-vf scale=1920:1920:force_original_aspect_ratio=decrease:force_divisible_by=2 "
        "-pix_fmt yuv420p out.mp4"
    )


def test_a_video_of_endless_duration_is_refused(tmp_path: Path) -> None:
    times = [Fraction(0), Fraction(1), Fraction(7 * 3600)]
    assert "at most 6 hours" in reason(make_clip(tmp_path / "clip.mp4", 3, 1, times=times))


def test_an_index_of_absurdly_many_frames_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5)
    content = bytearray(clip.read_bytes())
    at = content.index(b"stsz") + 4
    content[at + 4 : at + 12] = struct.pack(">II", 1000, 170_000_000)
    clip.write_bytes(content)
    assert "170,000,000 frames" in reason(clip)


def _tables(content: bytes | bytearray) -> list[int]:
    """Where the sample sizes of each track begin."""
    return [at.end() for at in re.finditer(b"stsz", content)]


def test_tracks_together_may_not_claim_absurdly_many_frames(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5, sound=True)
    content = bytearray(clip.read_bytes())
    for at in _tables(content):
        content[at + 4 : at + 12] = struct.pack(">II", 1000, MAX_SAMPLES // 2 + 1)
    clip.write_bytes(content)
    assert f"at most {MAX_SAMPLES:,} can be processed" in reason(clip)


def test_small_samples_are_not_counted_for_sound_alone(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mov", 5, sound=True)
    whole = clip.read_bytes()
    kinds = re.findall(b"mhlr(vide|soun)", whole)
    assert sorted(kinds) == [b"soun", b"vide"]
    for kind, at in zip(kinds, _tables(whole), strict=True):
        content = bytearray(whole)
        content[at + 4 : at + 12] = struct.pack(">II", 16, MAX_SAMPLES + 1)
        clip.write_bytes(content)
        if kind == b"vide":
            assert f"at most {MAX_SAMPLES:,} can be processed" in reason(clip)
        else:
            with clip.open("rb") as file:
                assert read_metadata(file).frame_count == 5


def test_an_index_that_holds_itself_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5, movflags="faststart")
    content = bytearray(clip.read_bytes())
    at = content.index(b"trak") - 4
    content[at : at + 4] = struct.pack(">I", 2**31)
    clip.write_bytes(content)
    assert reason(clip)


def test_the_frame_size_is_the_stored_one_where_pixels_are_not_square(tmp_path: Path) -> None:
    found = metadata(make_clip(tmp_path / "clip.mp4", 5, 5, (352, 480), pixels=Fraction(20, 11)))
    assert (found.frame_width, found.frame_height) == (352, 480)
    assert found.shown_size == (640, 480)
    assert found.aspect == pytest.approx(4 / 3)


@pytest.mark.parametrize("movflags", [None, "frag_keyframe+empty_moov+default_base_moof"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("clip.mp4", {"bf": "3", "g": "30"}),
        ("clip.mp4", {"bf": "3", "b-pyramid": "normal"}),
        ("clip.mov", {"bf": "2"}),
    ],
)
def test_no_frame_is_shown_after_the_duration(
    tmp_path: Path, name: str, options: dict[str, str], movflags: str | None
) -> None:
    for pauses in ([11, 33, 34, 70, 300, 1200], [40, 40, 900], [1000, 40, 40, 40]):
        moments = np.cumsum(np.random.default_rng(1).choice(pauses, 60)) - pauses[0]
        times = [Fraction(int(moment), 1000) for moment in moments - moments[0]]
        clip = make_clip(tmp_path / name, 60, 30, times=times, options=options, movflags=movflags)
        with clip.open("rb") as file:
            duration = read_metadata(file).duration_millis
            *_, last = read_frames(file, 0, 10**9, 100)
        assert last.timestamp_ms == 1000 * times[-1]
        assert last.timestamp_ms < duration < last.timestamp_ms + 2500


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
def test_the_duration_of_a_constant_rate_is_the_containers(tmp_path: Path, name: str) -> None:
    clip = make_clip(tmp_path / name, 103, 25, options={"bf": "3"})
    assert metadata(clip).duration_millis == 4120


def test_a_poster_in_front_of_the_video_is_passed_over(tmp_path: Path) -> None:
    video = make_clip(tmp_path / "video.mp4", 50, size=(96, 64))
    poster = make_clip(tmp_path / "poster.mov", 1, size=(128, 96), codec="mjpeg", pix_fmt="yuvj420p")
    both = tmp_path / "both.mov"
    with av.open(str(both), "w") as output, av.open(str(poster)) as first, av.open(str(video)) as second:
        pairs = [
            (source, output.add_stream_from_template(source.streams.video[0])) for source in (first, second)
        ]
        for source, stream in pairs:
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
    with both.open("rb") as file:
        found = read_metadata(file)
    assert (found.codec, found.duration_millis, found.frame_width) == ("h264", 2000, 96)
