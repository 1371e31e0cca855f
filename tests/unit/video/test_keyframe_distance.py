"""Videos with too few keyframes are refused before hours of decoding come to nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.runtime.detect_time import DetectTime
from engine.video.errors import VideoError
from engine.video.keyframe_distance import check_keyframe_distance
from engine.video.metadata import VideoMetadata
from engine.video.segments import plan_segments

DEFAULT = DetectTime(seconds=900, memory_mb=3008, analysis_hz=5, detector="movenet")
FULL_HD, UHD = (1920, 1080), (3840, 2160)


def video(minutes: float, keyframes_s: list[int], size: tuple[int, int] = FULL_HD) -> VideoMetadata:
    """At 30 frames a second."""
    return VideoMetadata(
        "h264",
        round(minutes * 60_000),
        "QuickTime / MOV",
        Fraction(30),
        *size,
        size,
        "LIMITED",
        0,
        True,
        keyframes_ms=np.array(keyframes_s, np.int64) * 1000,
    )


def check(metadata: VideoMetadata, has: DetectTime = DEFAULT) -> None:
    check_keyframe_distance(metadata, plan_segments(metadata, 30), has)


@pytest.mark.parametrize(("minutes", "size"), [(60, FULL_HD), (15, UHD)])
def test_an_hour_of_full_hd_and_a_quarter_of_4k_need_one_keyframe_only(
    minutes: float, size: tuple[int, int]
) -> None:
    check(video(minutes, [0], size))


def test_much_more_is_refused_with_the_numbers_and_the_command() -> None:
    with pytest.raises(VideoError) as refused:
        check(video(120, [0]))
    assert str(refused.value) == (
        "The video has no keyframe for 2:00:00: to find the people at the end of that could take 1,230 s, "
        "and 900 s can be spent. Encode it with more keyframes: "
        "ffmpeg -i in.mp4 -an -g 250 -pix_fmt yuv420p out.mp4"
    )


def test_so_is_a_long_group_of_frames_behind_short_ones() -> None:
    with pytest.raises(VideoError, match="The video has no keyframe for 2:00:0"):
        check(video(240, [*range(0, 7200, 2)]))


def test_keyframes_that_come_often_or_are_not_known_are_enough_at_any_length() -> None:
    check(video(360, [*range(0, 21_600, 10)], UHD))
    check(video(360, []))


def test_a_larger_function_reaches_farther_and_one_with_less_time_less_far() -> None:
    check(video(120, [0]), DetectTime(900, 6016, 5, "movenet"))
    with pytest.raises(VideoError):
        check(video(60, [0]), DetectTime(450, 3008, 5, "movenet"))


def test_analysis_alone_is_no_reason() -> None:
    check(video(10, [0]), DetectTime(900, 1024, 15, "movenet"))
