"""Frames of every shape go in nearly unstretched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.detector.input_size import input_size


@pytest.mark.parametrize(
    ("frame", "long_side", "expected"),
    [
        ((640, 480), 512, (512, 384)),
        ((1920, 1080), 512, (512, 288)),
        ((1080, 1920), 512, (288, 512)),
        ((768, 576), 416, (416, 320)),
        ((500, 500), 512, (512, 512)),
        ((4000, 100), 512, (512, 128)),
        ((1, 1), 512, (512, 512)),
    ],
)
def test_known_shapes(frame: tuple[int, int], long_side: int, expected: tuple[int, int]) -> None:
    assert input_size(*frame, long_side) == expected


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_sides_are_whole_cells_and_the_shape_is_kept(width: int, height: int) -> None:
    input_width, input_height = input_size(width, height, 512)
    assert input_width % 32 == input_height % 32 == 0
    assert max(input_width, input_height) == 512
    if max(width, height) <= 4 * min(width, height):
        assert (input_width / input_height) / (width / height) == pytest.approx(1, abs=0.15)


def test_a_frame_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="no shape"):
        input_size(0, 480, 512)
