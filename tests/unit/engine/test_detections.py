"""Detections of a segment as a file of arrays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.detections import FACE_COLUMNS, SegmentDetections
from engine.video.frames.decode_count import DecodeCounts


def some() -> SegmentDetections:
    return SegmentDetections.of(
        [0, 200, 400],
        [0, 0, 2],
        np.full((3, 4), 0.25),
        [0.9, 0.5, 0.7],
        appearance=np.ones((3, 6)),
        face_of=[1],
        faces=np.zeros((1, FACE_COLUMNS)),
    )


def test_what_is_saved_is_loaded() -> None:
    file = io.BytesIO()
    some().save(file)
    file.seek(0)
    again = SegmentDetections.load(file)
    for name in ("timestamps_ms", "camera", "frame_of", "boxes", "scores", "appearance", "face_of", "faces"):
        assert np.array_equal(getattr(again, name), getattr(some(), name))


def test_rows_come_frame_by_frame() -> None:
    assert list(some().rows_by_frame()) == [slice(0, 2), slice(2, 2), slice(2, 3)]


def test_pickled_objects_are_not_loaded() -> None:
    file = io.BytesIO()
    np.savez(file, timestamps_ms=np.array([{}], dtype=object))
    file.seek(0)
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words
        SegmentDetections.load(file)


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words for some
        SegmentDetections.load(io.BytesIO(content))


@pytest.mark.parametrize(
    ("times", "frame_of", "message"),
    [([0, 0], [0], "rise"), ([0, 200], [2], "frame_of"), ([0, 200], [-1], "frame_of")],
)
def test_arrays_that_do_not_fit_are_refused(times: list[int], frame_of: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SegmentDetections.of(times, frame_of, np.zeros((len(frame_of), 4)), np.zeros(len(frame_of)))


def test_a_segment_stored_before_frames_were_counted_is_read_with_no_counts(tmp_path: Path) -> None:
    stored = SegmentDetections.of([0], [0], [[0.1, 0.1, 0.2, 0.5]], [0.9])
    stored.save(tmp_path / "now.npz")
    with np.load(tmp_path / "now.npz") as arrays:
        np.savez_compressed(
            tmp_path / "before.npz", **{name: arrays[name] for name in arrays if name != "decoding"}
        )
    read = SegmentDetections.load(tmp_path / "before.npz")
    assert read.decode_counts == DecodeCounts()
    np.testing.assert_array_equal(read.boxes, stored.boxes)
