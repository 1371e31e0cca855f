"""Where a video is cut: near keyframes, so that work stays in line with length."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.video.frames.stillness import SLOT_MS, slot_start
from engine.video.metadata import VideoMetadata, read_metadata
from engine.video.segments import LONGEST_SECONDS, Segment, lead_in, plan_segments
from testing.clips import make_clip


def video(duration_ms: int, keyframes_ms: list[int]) -> VideoMetadata:
    return VideoMetadata(
        "h264",
        duration_ms,
        "AVI",
        Fraction(25),
        320,
        240,
        (320, 240),
        "LIMITED",
        0,
        True,
        keyframes_ms=np.array(keyframes_ms, np.int64),
    )


def starts(metadata: VideoMetadata, seconds: float = 30) -> list[int]:
    return [segment.start_ms // 1000 for segment in plan_segments(metadata, seconds)]


def decoded_ms(metadata: VideoMetadata, segments: list[Segment]) -> int:
    """What all segments together decode, in ms."""
    return metadata.duration_millis + sum(
        part.start_ms - slot_start(part.start_ms) + lead_in(metadata, slot_start(part.start_ms))
        for part in segments
    )


def test_a_video_with_near_keyframes_is_cut_evenly() -> None:
    assert starts(video(120_000, list(range(0, 120_000, 2000)))) == [0, 30, 60, 90]


def test_a_video_whose_keyframes_are_not_known_is_cut_evenly() -> None:
    assert starts(video(120_000, [])) == [0, 30, 60, 90]


def test_a_stretch_without_keyframes_is_one_segment() -> None:
    keyframes = [0, 10_000, 20_000, 30_000, 150_000, 160_000, 200_000]
    assert starts(video(240_000, keyframes)) == [0, 30, 150, 180, 210]


def test_a_group_of_frames_that_never_ends_is_cut_into_the_longest_segments() -> None:
    found = starts(video(1_500_000, [-200]))
    assert found == [0, 300, 600, 900, 1200]


@given(
    duration=st.integers(1000, 3_600_000),
    seconds=st.sampled_from([5, 30, 60]),
    gaps=st.lists(st.integers(40, 100_000), max_size=200),
)
def test_nothing_is_decoded_more_than_twice(duration: int, seconds: int, gaps: list[int]) -> None:
    keyframes = [0, *np.cumsum(gaps, dtype=np.int64).tolist()]
    keyframes += range(keyframes[-1], duration, 100_000)
    metadata = video(duration, keyframes)
    segments = plan_segments(metadata, seconds)
    assert decoded_ms(metadata, segments) <= 2 * duration + len(segments) * SLOT_MS
    lengths = [part.end_ms - part.start_ms for part in segments[:-1]]
    assert max(lengths, default=0) <= 1000 * LONGEST_SECONDS


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("clip.mp4", {"g": "10"}, [0, 30, 60, 90, 120, 150, 180]),
        ("clip.avi", {"g": "10"}, [0, 30, 60, 90, 120, 150, 180]),
        ("clip.mp4", {"x264-params": "open-gop=1:scenecut=0:keyint=40"}, [0, 30, 60, 90, 120, 150, 180]),
        ("clip.mp4", {"g": "100000", "sc_threshold": "0", "bf": "2"}, [0]),
        ("clip.avi", {"g": "100000", "sc_threshold": "0", "bf": "0"}, [0]),
        ("clip.mov", {"g": "225", "sc_threshold": "0", "bf": "0"}, [0, 60, 90, 150, 180]),
    ],
)
def test_the_containers_keyframes_are_gone_by(
    tmp_path: Path, name: str, options: dict[str, str], expected: list[int]
) -> None:
    clip = make_clip(tmp_path / name, 1000, 5, (64, 48), options=options)
    with clip.open("rb") as file:
        assert starts(read_metadata(file)) == expected
