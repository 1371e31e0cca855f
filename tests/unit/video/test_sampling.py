"""The contract's sampling rule."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.video.metadata import VideoMetadata
from engine.video.segments import plan_segments
from engine.video.timing.sampling import (
    Grid,
    frame_millis,
    grid_frames,
    on_grid,
    report_frames,
    report_timestamps,
)

RATES = st.fractions(min_value=1, max_value=240, max_denominator=1001)


def test_published_timestamps_of_a_video_at_29_97() -> None:
    stamps = report_timestamps(Fraction(30000, 1001), 40).tolist()
    assert stamps[:4] == [0, 33, 100, 166]
    assert stamps[8:10] == [500, 567]


def test_a_rate_at_or_below_fifteen_reports_every_frame() -> None:
    assert report_frames(Fraction(10), 7).tolist() == list(range(7))
    assert report_frames(Fraction(15), 7).tolist() == list(range(7))


@given(fps=RATES, hz=RATES, count=st.integers(0, 500))
def test_the_grid_by_numbers_is_the_grid_by_time(fps: Fraction, hz: Fraction, count: int) -> None:
    hz = Fraction(hz).limit_denominator(1001)
    by_time = [n for n in range(count) if on_grid(n / fps, (n + 1) / fps, hz)]
    assert grid_frames(fps, count, hz).tolist() == by_time
    assert [n for n in range(count) if n in Grid(fps, hz)] == by_time


@given(fps=RATES, count=st.integers(1, 500))
def test_reported_timestamps_are_those_of_the_reported_frames(fps: Fraction, count: int) -> None:
    frames = report_frames(fps, count)
    assert report_timestamps(fps, count).tolist() == [frame_millis(int(n), fps) for n in frames]
    assert np.all(np.diff(frames) > 0)


@given(duration=st.integers(1, 21_600_000), seconds=st.floats(0.5, 120))
def test_segments_cover_the_video_without_gap_or_overlap(duration: int, seconds: float) -> None:
    metadata = VideoMetadata("h264", duration, "AVI", Fraction(25), 320, 240, (320, 240), "LIMITED", 0, True)
    segments = plan_segments(metadata, seconds)
    assert segments[0].start_ms == 0
    assert segments[-1].end_ms > duration
    assert [part.index for part in segments] == list(range(len(segments)))
    assert all(before.end_ms == after.start_ms for before, after in pairwise(segments))
    assert all(part.start_ms < part.end_ms for part in segments)
    assert segments[-1].start_ms < duration


def test_segments_of_no_length_are_refused() -> None:
    metadata = VideoMetadata("h264", 1000, "AVI", Fraction(25), 320, 240, (320, 240), "LIMITED", 0, True)
    with pytest.raises(ValueError, match="above 0"):
        plan_segments(metadata, 0)
