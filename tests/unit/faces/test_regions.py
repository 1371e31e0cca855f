"""Heads are looked at where a face of enough pixels may be."""

from __future__ import annotations

import numpy as np
import pytest

from engine.faces.regions import FACE_OF_HEAD, HEADS_TALL, LEAST_FACE_PIXELS, head_region

FRAME = (1920, 1080)
LEAST_HEIGHT = HEADS_TALL * LEAST_FACE_PIXELS / FACE_OF_HEAD


def box(height: float, width: float) -> np.ndarray:
    return np.array([0.5, 0.5, width / FRAME[0], height / FRAME[1]], np.float32)


def test_a_person_whose_face_would_be_too_small_has_no_head_region() -> None:
    assert head_region(box(LEAST_HEIGHT - 1, 40), FRAME) is None
    assert head_region(box(LEAST_HEIGHT + 1, 40), FRAME) is not None


def test_head_and_shoulders_alone_are_judged_by_their_width() -> None:
    assert head_region(box(110, 100), FRAME) is not None
    assert head_region(box(110, 90), FRAME) is None


def test_the_region_is_a_square_around_the_top_of_the_box() -> None:
    region = head_region(box(400, 100), FRAME)
    assert region is not None
    left, top, width, height = region.ratios(FRAME)
    assert (width * FRAME[0], height * FRAME[1]) == pytest.approx((160, 160), rel=1e-4)
    assert left < 0.5
    assert top < 0.5 < top + height
