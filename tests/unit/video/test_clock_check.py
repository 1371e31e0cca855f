"""Clocks of pictures that the rest of the file contradicts are refused; odd ones that are right are not."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from engine.video.errors import VideoError
from engine.video.metadata import read_metadata
from testing.clips import make_clip
from testing.mp4_rewriting import (
    EMPTY,
    rewritten,
    set_durations,
    set_timescale,
    with_edits,
    with_last_delta,
    without,
)

FRAGMENTS = "frag_keyframe+empty_moov"
HYBRID = "frag_keyframe"
VARYING = [Fraction(n, 30) + Fraction(n // 7, 5) for n in range(90)]

CODECS: dict[str, dict[str, object]] = {
    "H.264": {"options": {"bf": "0", "g": "25"}},
    "H.264 with B-frames": {"options": {"bf": "3", "g": "25"}},
    "HEVC": {"codec": "libx265", "options": {"x265-params": "keyint=25:log-level=none"}},
    "MJPEG": {"codec": "mjpeg", "pix_fmt": "yuvj420p", "name": "clip.mov"},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes a clip of 100 frames at 25 Hz once; the rest of its arguments are those of `make_clip`."""

    @cache
    def make(codec: str, movflags: str | None = None, sound: float = 0, frames: int = 100) -> Path:
        options = dict(CODECS[codec])
        name = str(options.pop("name", "clip.mp4"))
        return make_clip(
            tmp_path_factory.mktemp("clips") / name,
            frames,
            size=(96, 64),
            movflags=movflags,
            sound=sound,
            **options,  # type: ignore[arg-type]
        )

    return make


def length(path: Path, content: bytes) -> int:
    """DurationMillis of the clip with another content."""
    with rewritten(path, content).open("rb") as file:
        return read_metadata(file).duration_millis


def reason(path: Path, content: bytes) -> str:
    with pytest.raises(VideoError) as caught:
        length(path, content)
    line = str(caught.value)
    assert "\n" not in line
    return line


def refused(path: Path, units: int) -> None:
    assert reason(path, set_timescale(path.read_bytes(), units)).startswith("The video's clock is wrong: ")


@pytest.mark.parametrize("units", [1, 25, 1000, 2000, 90_000])
@pytest.mark.parametrize("codec", CODECS)
def test_a_clock_that_the_headers_contradict_is_refused(
    made: Callable[..., Path], codec: str, units: int
) -> None:
    refused(made(codec), units)


@pytest.mark.parametrize("units", [1, 25, 1000, 2000, 90_000])
@pytest.mark.parametrize("codec", ["H.264", "MJPEG"])
@pytest.mark.parametrize("movflags", [FRAGMENTS, HYBRID])
def test_in_fragments_the_sound_contradicts_it(
    made: Callable[..., Path], codec: str, units: int, movflags: str
) -> None:
    refused(made(codec, movflags, sound=4), units)


@pytest.mark.parametrize("units", [1, 25, 90_000])
@pytest.mark.parametrize("codec", ["H.264 with B-frames", "HEVC"])
def test_in_fragments_without_sound_the_rate_that_the_codec_states_contradicts_it(
    made: Callable[..., Path], codec: str, units: int
) -> None:
    clip = made(codec, FRAGMENTS)
    line = reason(clip, set_timescale(clip.read_bytes(), units))
    assert "but 25 by the codec" in line


@pytest.mark.parametrize("units", [0, 51, 5120])
@pytest.mark.parametrize("codec", ["H.264", "H.264 with B-frames"])
def test_so_are_wrong_times_of_samples_under_a_right_media_header(
    made: Callable[..., Path], codec: str, units: int
) -> None:
    content = bytearray(made(codec).read_bytes())
    struct.pack_into(">I", content, content.index(b"stts") + 16, units)
    assert "but 4 s by the track header" in reason(made(codec), bytes(content))


@pytest.mark.parametrize("units", [1000, 90_000])
def test_in_fragments_an_index_of_them_contradicts_it(made: Callable[..., Path], units: int) -> None:
    clip = made("MJPEG", f"{FRAGMENTS}+dash+global_sidx")
    line = reason(clip, set_timescale(clip.read_bytes(), units))
    assert "but 4 s by the index of fragments" in line


@pytest.mark.parametrize("units", [1, 25, 1000, 2000, 90_000])
@pytest.mark.parametrize("movflags", [None, FRAGMENTS])
def test_so_is_one_of_a_varying_rate(tmp_path: Path, units: int, movflags: str | None) -> None:
    options = {"g": "15"}
    clip = make_clip(
        tmp_path / "clip.mp4", 90, 30, (96, 64), times=VARYING, sound=5.6, movflags=movflags, options=options
    )
    refused(clip, units)


def test_the_line_names_both_lengths_and_the_command_that_mends_it(made: Callable[..., Path]) -> None:
    clip = made("H.264")
    assert reason(clip, set_timescale(clip.read_bytes(), 1000)) == (
        "The video's clock is wrong: its frames take 51.2 s by it, but 4 s by the track header. Export it "
        "again, or set its rate: ffmpeg -r 25 -i in.mp4 -an -pix_fmt yuv420p out.mp4"
    )


@pytest.mark.parametrize("movflags", [None, FRAGMENTS])
def test_a_clock_of_no_units_a_second_is_always_refused(
    made: Callable[..., Path], movflags: str | None
) -> None:
    clip = made("MJPEG", movflags)
    assert "its media clock has 0 units a second" in reason(clip, set_timescale(clip.read_bytes(), 0))


def test_any_header_that_agrees_settles_it(made: Callable[..., Path]) -> None:
    content = made("MJPEG").read_bytes()
    for wrong in ({"movie": 400_000}, {"tracks": 51_200}, {"movie": 3}):
        assert length(made("MJPEG"), set_durations(content, **wrong)) == 4000


@pytest.mark.parametrize("unset", [0, 2**32 - 1])
@pytest.mark.parametrize("codec", ["H.264 with B-frames", "MJPEG"])
def test_durations_that_are_not_set_contradict_nothing(
    made: Callable[..., Path], codec: str, unset: int
) -> None:
    content = without(made(codec).read_bytes(), b"edts")
    assert length(made(codec), set_durations(content, movie=unset, tracks=unset, media=unset)) == 4000


@pytest.mark.parametrize("kind", [b"edts", b"elst", b"tkhd"])
def test_boxes_that_are_missing_contradict_nothing(made: Callable[..., Path], kind: bytes) -> None:
    assert length(made("H.264"), without(made("H.264").read_bytes(), kind)) == 4000


@pytest.mark.parametrize("kind", [b"stts", b"mvhd", b"mdhd", b"hdlr"])
def test_boxes_without_which_nothing_is_shown_are_no_crash(made: Callable[..., Path], kind: bytes) -> None:
    clip = rewritten(made("H.264"), without(made("H.264").read_bytes(), kind))
    with clip.open("rb") as file:
        try:
            line = str(read_metadata(file).duration_millis)
        except VideoError as error:
            line = str(error)
    assert line
    assert "clock is wrong" not in line


@pytest.mark.parametrize("movflags", [None, FRAGMENTS, HYBRID])
@pytest.mark.parametrize(("frames", "sound"), [(50, 10), (200, 2)])
@pytest.mark.parametrize("codec", ["H.264", "MJPEG"])
def test_sound_may_be_much_longer_or_shorter_than_the_picture(
    made: Callable[..., Path], codec: str, frames: int, sound: float, movflags: str | None
) -> None:
    clip = made(codec, movflags, sound, frames)
    assert length(clip, clip.read_bytes()) == pytest.approx(40 * frames, abs=30)


def test_headers_may_hold_the_length_of_the_sound(made: Callable[..., Path]) -> None:
    content = without(made("MJPEG", None, 10, 50).read_bytes(), b"edts")
    assert length(made("MJPEG", None, 10, 50), set_durations(content, movie=10_000, tracks=10_000)) == 2000


@pytest.mark.parametrize("codec", ["H.264", "MJPEG"])
def test_an_edit_list_may_cut_a_long_media_short(made: Callable[..., Path], codec: str) -> None:
    clip = made(codec, None, 0, 400)
    assert length(clip, with_edits(clip.read_bytes(), [(3000, 12_800, 1)])) == 3000


@pytest.mark.parametrize("edits", [[(2000, 0, 0), (4000, 0, 1)], [(4000, 0, 1), (4000, 0, 1)]])
def test_edits_may_hold_a_picture_or_repeat_the_media(
    made: Callable[..., Path], edits: list[tuple[int, int, int]]
) -> None:
    assert length(made("MJPEG"), with_edits(made("MJPEG").read_bytes(), edits)) >= 4000


@pytest.mark.parametrize("fps", [Fraction(1, 10), Fraction(1, 2), 1, 2])
@pytest.mark.parametrize("movflags", [None, FRAGMENTS])
def test_a_time_lapse_whose_codec_states_the_cameras_rate_is_right(
    tmp_path: Path, fps: Fraction, movflags: str | None
) -> None:
    options = {"bf": "3", "x264-params": "force-cfr=1:fps=30"}
    clip = make_clip(tmp_path / "clip.mp4", 40, fps, (96, 64), options=options, movflags=movflags)
    content = clip.read_bytes()
    assert length(clip, content) == 40_000 / fps
    if movflags is None:
        assert (
            length(clip, with_edits(content, [(int(20_000 / fps), int(3 * 16_384 / fps), 1)])) == 20_000 / fps
        )
        bare = set_durations(without(content, b"edts"), movie=0, tracks=0, media=0)
        assert length(clip, bare) == 40_000 / fps


@pytest.mark.parametrize("movflags", [None, FRAGMENTS])
@pytest.mark.parametrize("stated", [12, 50])
def test_a_codec_may_state_half_or_twice_the_rate(tmp_path: Path, stated: int, movflags: str | None) -> None:
    options = {"bf": "3", "x264-params": f"force-cfr=1:fps={stated}"}
    clip = make_clip(tmp_path / "clip.mp4", 100, 25, (96, 64), options=options, movflags=movflags)
    bare = set_durations(without(clip.read_bytes(), b"edts"), movie=0, tracks=0)
    assert length(clip, bare) == 4000


@pytest.mark.parametrize("seconds", [100, 24 * 3600])
def test_a_last_frame_that_claims_to_go_on_for_days_goes_on_as_long_as_the_track(
    made: Callable[..., Path], seconds: int
) -> None:
    content = with_last_delta(without(made("MJPEG").read_bytes(), b"edts"), 12_800 * seconds)
    assert length(made("MJPEG"), content) == 4000


@pytest.mark.parametrize("frames", [1, 2])
def test_a_frame_or_two_have_a_clock(made: Callable[..., Path], frames: int) -> None:
    assert length(made("MJPEG", None, 0, frames), made("MJPEG", None, 0, frames).read_bytes()) == 40 * frames


def test_time_before_the_first_frame_is_no_contradiction(made: Callable[..., Path]) -> None:
    content = with_edits(made("H.264").read_bytes(), [(500, EMPTY, 1), (700, EMPTY, 1), (2000, 12_800, 1)])
    assert length(made("H.264"), content) == 2000
