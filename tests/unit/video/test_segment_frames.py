"""The frames that are analysed: which ones, when, and the same wherever the video is cut."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.video.frames.segment_frames import Frame, read_frames
from engine.video.metadata import read_metadata
from engine.video.segments import plan_segments
from engine.video.timing.sampling import grid_frames
from testing.clips import make_clip, number_in
from testing.mp4_rewriting import EMPTY, with_edits

ALL = 10**9


def seen(frames: list[Frame]) -> list[tuple[int, int]]:
    """What is shown (the number in the picture) and when (ms)."""
    return [(number_in(frame.resized(160, 120)), frame.timestamp_ms) for frame in frames]


def read(path: Path, hz: float = 5, start: int = 0, end: int = ALL) -> list[tuple[int, int]]:
    with path.open("rb") as file:
        return seen(list(read_frames(file, start, end, hz, threads=2)))


def read_cut(path: Path, seconds: float, hz: float = 5) -> list[tuple[int, int]]:
    with path.open("rb") as file:
        segments = plan_segments(read_metadata(file), seconds)
        frames = [
            frame
            for part in segments
            for frame in read_frames(file, part.start_ms, part.end_ms, hz, threads=1)
        ]
        return seen(frames)


@pytest.mark.parametrize(
    "fps", [Fraction(10), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(7, 2)]
)
def test_constant_rate_follows_the_contracts_grid(tmp_path: Path, fps: Fraction) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 60, fps)
    expected = [(int(n), int(1000 * n / fps)) for n in grid_frames(fps, 60, 15)]
    assert read(clip, 15) == expected


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("clip.mp4", "libx264", {"g": "40", "bf": "3", "b-pyramid": "normal"}),
        ("clip.mp4", "libx264", {"g": "40", "bf": "3", "x264-params": "open-gop=1:scenecut=0"}),
        ("clip.mp4", "libx264", {"x264-params": "intra-refresh=1:keyint=20:bframes=0"}),
        ("clip.mp4", "libx264", {"tune": "zerolatency", "g": "33"}),
        ("clip.mov", "libx264", {"g": "250", "bf": "2"}),
        ("clip.mp4", "libx265", {"x265-params": "keyint=40:bframes=3:log-level=none:open-gop=1"}),
        ("clip.avi", "libx264", {"g": "40", "bf": "2"}),
        ("clip.avi", "mpeg4", {"g": "25", "bf": "2"}),
        ("clip.avi", "mjpeg", {}),
        ("clip.mov", "mpeg4", {"g": "25"}),
    ],
)
def test_frames_are_the_same_wherever_the_video_is_cut(
    tmp_path: Path, name: str, codec: str, options: dict[str, str]
) -> None:
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = make_clip(tmp_path / name, 150, 25, codec=codec, options=options, pix_fmt=pix_fmt)
    whole = read(clip)
    assert whole == [(n, n * 40) for n in range(0, 150, 5)]
    assert read_cut(clip, 0.7) == whole
    assert read_cut(clip, 2) == whole


def test_pictures_are_bit_for_bit_the_same_wherever_the_video_is_cut(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 255, (240, 400, 3), np.uint8)
    clip = make_clip(
        tmp_path / "clip.mp4",
        100,
        picture=lambda number, width, height: noise[:height, number % 80 : number % 80 + width],
        options={"g": "30", "bf": "3", "x264-params": "open-gop=1:scenecut=0"},
    )
    with clip.open("rb") as file:
        whole = {frame.number: frame.resized(96, 72) for frame in read_frames(file, 0, ALL, 5)}
        for start in range(0, 4000, 900):
            for frame in read_frames(file, start, start + 900, 5, threads=1):
                assert np.array_equal(frame.resized(96, 72), whole.pop(frame.number))
    assert not whole


def test_variable_rate_takes_the_frame_on_show_at_each_instant(tmp_path: Path) -> None:
    times = [Fraction(t, 1000) for t in (0, 33, 70, 400, 440, 470, 900, 950, 1010, 1800, 2100, 2133, 2166)]
    clip = make_clip(tmp_path / "clip.mp4", len(times), 30, times=times)
    # at 0, 200, 400, … ms; the frame of 470 ms is on show at 600 and 800, and is analysed once
    expected = [(0, 0), (2, 70), (3, 400), (5, 470), (7, 950), (8, 1010), (9, 1800)]
    assert read(clip)[:7] == expected
    assert read_cut(clip, 0.3) == read(clip)


def test_jitter_of_a_phones_clock_is_no_variable_rate(tmp_path: Path) -> None:
    times = [Fraction(round(n * 1000 / 30), 1000) for n in range(90)]
    clip = make_clip(tmp_path / "clip.mov", 90, 30, times=times)
    assert read(clip, 15) == [(n, 1000 * n // 30) for n in range(0, 90, 2)]


def test_frames_hidden_by_an_edit_list_are_not_seen(tmp_path: Path) -> None:
    times = [Fraction(n - 12, 25) for n in range(75)]
    clip = make_clip(tmp_path / "clip.mp4", 75, 25, times=times, options={"g": "25", "bf": "2"})
    assert read(clip) == [(n + 12, n * 40) for n in range(0, 63, 5)]
    assert read_cut(clip, 0.5) == read(clip)


EDITS = {
    "nothing first": ([(1500, EMPTY, 1), (4000, 0, 1)], range(100)),
    "nothing first, twice": ([(500, EMPTY, 1), (1000, EMPTY, 1), (4000, 0, 1)], range(100)),
    "the media from its middle on": ([(3000, 12_800, 1)], range(25, 100)),
    "nothing first, then the middle": ([(1500, EMPTY, 1), (2000, 12_800, 1)], range(25, 75)),
    "nothing twice, then the middle": ([(500, EMPTY, 1), (700, EMPTY, 1), (2000, 19_456, 1)], range(38, 88)),
}


@pytest.mark.parametrize("edits", EDITS)
@pytest.mark.parametrize("bframes", ["0", "2"])
def test_edit_lists_are_followed_from_the_first_frame_shown(tmp_path: Path, edits: str, bframes: str) -> None:
    table, shown = EDITS[edits]
    clip = make_clip(tmp_path / "clip.mp4", 100, 25, options={"bf": bframes, "g": "25"})
    delay = 1024 if bframes != "0" else 0  # of presentation behind decoding, in units of the media
    content = with_edits(
        clip.read_bytes(), [(length, start + delay * (start != EMPTY), rate) for length, start, rate in table]
    )
    clip.write_bytes(content)
    assert read(clip) == [(number, 40 * place) for place, number in enumerate(shown)][::5]
    assert read_cut(clip, 0.7) == read(clip)
    with clip.open("rb") as file:
        assert read_metadata(file).duration_millis == 40 * len(shown)


def test_pieces_of_a_video_follow_one_another(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 100, 25, options={"bf": "0", "g": "25"})
    clip.write_bytes(with_edits(clip.read_bytes(), [(1000, 0, 1), (1000, 38_400, 1)]))
    shown = [*range(25), *range(75, 100)]
    assert read(clip) == [(number, 40 * place) for place, number in enumerate(shown)][::5]


def test_a_late_start_counts_from_the_first_frame(tmp_path: Path) -> None:
    times = [Fraction(7) + Fraction(n, 25) for n in range(50)]
    clip = make_clip(tmp_path / "clip.mp4", 50, 25, times=times)
    assert read(clip) == [(n, n * 40) for n in range(0, 50, 5)]
    assert read_cut(clip, 0.5) == read(clip)


def test_fragmented_files_are_read_like_others(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4", 150, options={"g": "25"}, movflags="frag_keyframe+empty_moov+default_base_moof"
    )
    whole = [(n, n * 40) for n in range(0, 150, 5)]
    assert read(clip) == whole
    assert read_cut(clip, 1.3) == whole


@pytest.mark.parametrize("size", [(322, 242), (50, 34), (1922, 36)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 10, 5, size)
    with clip.open("rb") as file:
        frames = list(read_frames(file, 0, ALL, 5))
        assert frames[0].size == size
        assert seen(frames) == [(n, n * 200) for n in range(10)]


def test_sizes_that_are_odd_numbers(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5, 5, (321, 241), pix_fmt="yuv444p")
    with clip.open("rb") as file:
        assert [frame.size for frame in read_frames(file, 0, ALL, 5)] == [(321, 241)] * 5


def corner(number: int, width: int, height: int) -> np.ndarray:
    """Red at the top left, green at the top right, blue at the bottom left."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2, 0] = 220
    picture[: height // 2, width // 2 :, 1] = 220
    picture[height // 2 :, : width // 2, 2] = 220
    return picture


@pytest.mark.parametrize(
    ("rotate", "mirror", "expected"),
    [
        (0, False, "rgbk"),
        (-90, False, "brkg"),  # turned clockwise
        (180, False, "kbgr"),
        (90, False, "gkrb"),
        (0, True, "grkb"),
    ],
)
def test_frames_are_turned_as_they_are_shown(
    tmp_path: Path, rotate: float, mirror: bool, expected: str
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5, 5, (320, 160), rotate=rotate, mirror=mirror, picture=corner)
    with clip.open("rb") as file:
        frame = next(iter(read_frames(file, 0, ALL, 5)))
        shown = (160, 320) if abs(rotate) == 90 else (320, 160)
        assert frame.size == shown
        assert letters(frame.resized(*shown)) == expected
        assert letters(frame.crop((0, 0, 1, 1), 64, 64)) == expected
        upper_right = frame.crop((0.5, 0, 0.5, 0.5), 32, 32)
        assert letters(upper_right) == expected[1] * 4


def letters(image: np.ndarray) -> str:
    """The colour in the middle of each quarter: top left, top right, bottom left, bottom right."""
    height, width = image.shape[:2]
    quarters = [image[y, x] for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return "".join("k" if quarter.max() < 100 else "rgb"[int(quarter.argmax())] for quarter in quarters)


def plain(_: int, width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), 180, np.uint8)


def test_a_crop_beyond_the_frame_is_black_there(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 5, 5, (320, 160), picture=plain)
    with clip.open("rb") as file:
        frame = next(iter(read_frames(file, 0, ALL, 5)))
        part = frame.crop((-0.25, 0.5, 0.5, 1), 40, 40)
        assert part[:18, 22:].min() > 150
        assert part[:, :18].max() == 0
        assert part[22:].max() == 0
        assert not frame.crop((2, 2, 1, 1), 8, 8).any()


def test_damage_in_the_middle_leaves_the_rest(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 150, options={"g": "25"}, movflags="faststart")
    content = bytearray(clip.read_bytes())
    start = len(content) * 2 // 5
    content[start : start + len(content) // 10] = bytes(len(content) // 10)
    clip.write_bytes(content)
    found = read(clip)
    assert {(n, n * 40) for n in (0, 5, 10, 125, 130, 135, 140, 145)} <= set(found)


def test_colours_come_out_as_they_went_in(tmp_path: Path) -> None:
    for full_range in (False, True):
        clip = make_clip(
            tmp_path / f"{full_range}.mp4", 5, 5, (320, 160), picture=corner, full_range=full_range
        )
        with clip.open("rb") as file:
            image = next(iter(read_frames(file, 0, ALL, 5))).resized(320, 160)
        assert np.abs(image[40, 80].astype(int) - (220, 0, 0)).max() < 12


@pytest.mark.parametrize(
    ("size", "pixels", "shown"),
    [
        ((352, 480), Fraction(20, 11), (640, 480)),  # half D1
        ((1440, 1080), Fraction(4, 3), (1920, 1080)),  # HDV
        ((720, 576), Fraction(64, 45), (1024, 576)),  # PAL 16:9
        ((960, 1080), Fraction(2), (1920, 1080)),  # 1080N
        ((704, 240), Fraction(5, 11), (704, 528)),  # one field of D1
        ((320, 240), Fraction(1), (320, 240)),
        ((320, 240), None, (320, 240)),
    ],
)
@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "libx264"), ("clip.avi", "mpeg4")])
def test_frames_have_the_size_they_are_shown_at(
    tmp_path: Path,
    name: str,
    codec: str,
    size: tuple[int, int],
    pixels: Fraction | None,
    shown: tuple[int, int],
) -> None:
    clip = make_clip(tmp_path / name, 3, 5, size, codec=codec, pixels=pixels)
    with clip.open("rb") as file:
        assert [frame.size for frame in read_frames(file, 0, ALL, 5)] == [shown] * 3


@pytest.mark.parametrize(("rotate", "mirror"), [(90, False), (-90, True)])
def test_pixels_are_squared_before_the_frame_is_turned(tmp_path: Path, rotate: float, mirror: bool) -> None:
    clip = make_clip(
        tmp_path / "clip.mp4", 3, 5, (240, 320), rotate=rotate, mirror=mirror, pixels=Fraction(2)
    )
    with clip.open("rb") as file:
        assert next(iter(read_frames(file, 0, ALL, 5))).size == (320, 480)


def boxed(clip: Path, kind: bytes, old: bytes, new: bytes) -> Path:
    """The clip with the contents of one of its boxes changed."""
    content = clip.read_bytes()
    place = content.index(kind) + 4
    assert content[place:].startswith(old)
    clip.write_bytes(content[:place] + new + content[place + len(old) :])
    return clip


def ratio(width: int, height: int) -> bytes:
    return width.to_bytes(4, "big") + height.to_bytes(4, "big")


def test_the_containers_pixels_go_before_the_codecs(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3, 5, pixels=Fraction(3, 2))
    boxed(clip, b"pasp", ratio(3, 2), ratio(2, 1))
    with clip.open("rb") as file:
        assert next(iter(read_frames(file, 0, ALL, 5))).size == (640, 240)


def test_the_codecs_pixels_count_where_the_container_is_silent(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3, 5, pixels=Fraction(3, 2))
    content = clip.read_bytes()
    clip.write_bytes(content.replace(b"pasp", b"free"))
    with clip.open("rb") as file:
        assert next(iter(read_frames(file, 0, ALL, 5))).size == (480, 240)


@pytest.mark.parametrize("absurd", [(0, 1), (1, 0), (0, 0), (1000, 1), (1, 1000), (9, 1)])
def test_pixels_of_absurd_shape_are_taken_as_square(tmp_path: Path, absurd: tuple[int, int]) -> None:
    clip = make_clip(tmp_path / "clip.mp4", 3, 5, pixels=Fraction(1))
    boxed(clip, b"pasp", ratio(1, 1), ratio(*absurd))
    with clip.open("rb") as file:
        assert next(iter(read_frames(file, 0, ALL, 5))).size == (320, 240)


REORDERED = [
    ("libx264", {"g": "40", "bf": "2"}),
    ("libx264", {"g": "40", "bf": "3", "b-pyramid": "normal"}),
    ("libx264", {"g": "40", "bf": "3", "x264-params": "open-gop=1:scenecut=0"}),
    ("mpeg4", {"g": "25", "bf": "2"}),
    ("mpeg2video", {"g": "15", "bf": "2"}),
]


@pytest.mark.parametrize(("codec", "options"), REORDERED)
@pytest.mark.parametrize("start", [0, 25, 50, 51, 61, 102])
def test_every_frame_of_an_avi_with_b_frames_is_given_at_its_time(
    tmp_path: Path, codec: str, options: dict[str, str], start: int
) -> None:
    clip = make_clip(tmp_path / "clip.avi", 103, 25, codec=codec, options=options)
    assert read(clip, 50, start * 40) == [(n, n * 40) for n in range(start, 103)]


def avi_packets(path: Path, frames: int, options: dict[str, str]) -> list[bytes]:
    """MPEG-4 packets of a clip, in decoding order."""
    make_clip(path, frames, 25, codec="mpeg4", options=options)
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def write_avi(path: Path, like: Path, packets: list[tuple[int, bytes]]) -> Path:
    """An AVI of packets at their numbers; what is left out of the numbers is an empty chunk."""
    with av.open(str(like)) as template, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(template.streams.video[0])
        for number, content in packets:
            packet = av.Packet(content)
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = number
            packet.is_keyframe = content.startswith(b"\0\0\1\xb0")
            target.mux(packet)
    return path


VOP, B_VOP, NOT_CODED = b"\0\0\1\xb6", 2, b"\0\0\1\xb6\x50\x9f"


def is_b(packet: bytes) -> bool:
    return packet[packet.index(VOP) + 4] >> 6 == B_VOP


@pytest.mark.parametrize("marked", [True, False])
def test_every_frame_of_a_packed_bitstream_is_given_at_its_time(tmp_path: Path, marked: bool) -> None:
    plain = tmp_path / "plain.avi"
    packed: list[bytes] = []
    for content in avi_packets(plain, 103, {"bf": "1", "g": "25"}):
        if is_b(content):  # goes into the packet of the frame before, and an empty frame takes its place
            packed[-1] += content
            packed.append(NOT_CODED)
        elif marked and content.startswith(b"\0\0\1\xb0"):
            packed.append(content.replace(VOP, b"\0\0\1\xb2DivX503b1393p" + VOP, 1))
        else:
            packed.append(content)
    assert packed.count(NOT_CODED) > 40
    clip = write_avi(tmp_path / "packed.avi", plain, list(enumerate(packed)))
    for start in (0, 25, 50, 77):
        assert read(clip, 50, start * 40) == [(n, n * 40) for n in range(start, 103)]


def test_empty_chunks_of_an_avi_keep_the_frame_before_on_show(tmp_path: Path) -> None:
    plain = tmp_path / "plain.avi"
    packets = avi_packets(plain, 100, {"bf": "0", "g": "10"})
    dropped = [(number + 10 * (number >= 50), content) for number, content in enumerate(packets)]
    clip = write_avi(tmp_path / "gap.avi", plain, dropped)
    expected = [(n, 40 * number) for n, (number, _) in enumerate(dropped)]
    assert read(clip, 50) == expected
    assert read(clip, 50, 2040) == expected[50:]
