"""Boxes and scores are decoded from the outputs of both models."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector import movenet, nanodet


def movenet_heads(height: int = 24, width: int = 32) -> tuple[np.ndarray, ...]:
    return (
        np.zeros((height, width), np.float32),
        *(np.zeros((2, height, width), np.float32) for _ in range(2)),
    )


def test_movenet_box_is_centred_on_the_cell_and_its_offset() -> None:
    centre, size, offset = movenet_heads()
    centre[12, 8] = 0.9
    size[:, 12, 8] = (10, 4)
    offset[:, 12, 8] = (0.5, 0.25)
    boxes, scores = movenet.decode(centre, size, offset)
    np.testing.assert_allclose(boxes, [[(8.25 - 2) / 32, (12.5 - 5) / 24, 4 / 32, 10 / 24]], rtol=1e-6)
    np.testing.assert_allclose(scores, [0.9])


def test_movenet_takes_more_than_six_people() -> None:
    centre, size, offset = movenet_heads()
    centre[2::4, 2::4] = 0.8
    size[:] = 2
    boxes, _ = movenet.decode(centre, size, offset)
    assert len(boxes) == 6 * 8


def test_movenet_takes_the_top_of_each_hill_only() -> None:
    centre, size, offset = movenet_heads()
    centre[10, 10:13] = (0.5, 0.8, 0.6)
    size[:] = 3
    _, scores = movenet.decode(centre, size, offset)
    np.testing.assert_allclose(scores, [0.8])


def nanodet_level(
    row: int, column: int, distances: tuple[int, ...], score_logit: float, stride: int = 16
) -> np.ndarray:
    """A map on which one cell has certain distances, in cells."""
    level = np.full((124, 10, 13), -9, np.float32)
    level[0, row, column] = score_logit
    for side, distance in enumerate(distances):
        level[80 + 11 * side + distance, row, column] = 20
    return level


def test_nanodet_sides_lie_at_their_distances_from_the_cells_middle() -> None:
    boxes, scores = nanodet.decode(nanodet_level(4, 6, (1, 2, 3, 4), 2.0), 16, 208, 160)
    left, top = (6.5 - 1) * 16 / 208, (4.5 - 2) * 16 / 160
    np.testing.assert_allclose(boxes, [[left, top, 4 * 16 / 208, 6 * 16 / 160]], rtol=1e-5)
    np.testing.assert_allclose(scores, [1 / (1 + np.exp(-2))], rtol=1e-6)


def test_nanodet_distance_is_the_mean_of_its_distribution() -> None:
    level = nanodet_level(4, 6, (1, 1, 1, 1), 2.0)
    level[80 + 2, 4, 6] = 20  # the left side as likely two cells away as one
    boxes, _ = nanodet.decode(level, 16, 208, 160)
    assert boxes[0, 0] == pytest.approx((6.5 - 1.5) * 16 / 208)


def test_nanodet_leaves_other_classes_alone() -> None:
    level = nanodet_level(4, 6, (1, 1, 1, 1), -9)
    level[16, 4, 6] = 9  # a dog
    boxes, scores = nanodet.decode(level, 16, 208, 160)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)
