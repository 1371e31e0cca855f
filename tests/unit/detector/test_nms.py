"""A person is reported once; people who stand close stay apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.detector.nms import nms


def kept(*boxes: tuple[float, float, float, float], scores: Sequence[float] | None = None) -> list[int]:
    array = np.array(boxes, np.float32).reshape(-1, 4)
    given = np.linspace(0.9, 0.5, len(boxes)) if scores is None else scores
    return nms(array, np.array(given, np.float32), iou_threshold=0.6).tolist()


def test_a_duplicate_is_suppressed() -> None:
    assert kept((0.1, 0.1, 0.2, 0.4), (0.11, 0.1, 0.2, 0.4)) == [0]


def test_people_side_by_side_stay() -> None:
    assert kept((0.1, 0.1, 0.2, 0.4), (0.2, 0.1, 0.2, 0.4)) == [0, 1]


def test_a_head_is_suppressed_by_its_body() -> None:
    assert kept((0.1, 0.1, 0.2, 0.5), (0.17, 0.11, 0.06, 0.08)) == [0]


def test_someone_smaller_behind_another_stays() -> None:
    assert kept((0.1, 0.1, 0.2, 0.5), (0.15, 0.15, 0.12, 0.35)) == [0, 1]


def test_the_better_box_stays_and_comes_first() -> None:
    assert kept(
        (0.1, 0.1, 0.2, 0.4), (0.11, 0.1, 0.2, 0.4), (0.6, 0.1, 0.2, 0.4), scores=(0.5, 0.7, 0.9)
    ) == [2, 1]


def test_of_equal_scores_the_first_box_stays() -> None:
    boxes = [(0.1, 0.1, 0.2, 0.4), (0.12, 0.1, 0.2, 0.4), (0.14, 0.1, 0.2, 0.4)]
    assert kept(*boxes, scores=(0.5, 0.5, 0.5)) == [0]


def test_nothing_gives_nothing() -> None:
    assert kept() == []
