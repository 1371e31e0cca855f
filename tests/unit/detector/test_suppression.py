"""A person is told once; people who stand close are told apart."""

from __future__ import annotations

import numpy as np

from engine.detector.nms import keep_distinct


def kept(*boxes, scores=None):
    count = len(boxes)
    scores = np.linspace(0.9, 0.5, count) if scores is None else scores
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return keep_distinct(array, np.array(scores, np.float32), overlap=0.6).tolist()


def test_the_same_person_again_goes():
    assert kept((0.1, 0.1, 0.2, 0.4), (0.11, 0.1, 0.2, 0.4)) == [0]


def test_people_side_by_side_stay():
    assert kept((0.1, 0.1, 0.2, 0.4), (0.2, 0.1, 0.2, 0.4)) == [0, 1]


def test_a_head_goes_with_its_body():
    assert kept((0.1, 0.1, 0.2, 0.5), (0.17, 0.11, 0.06, 0.08)) == [0]


def test_someone_smaller_behind_another_stays():
    assert kept((0.1, 0.1, 0.2, 0.5), (0.15, 0.15, 0.12, 0.35)) == [0, 1]


def test_the_better_box_stays_and_comes_first():
    assert kept(
        (0.1, 0.1, 0.2, 0.4), (0.11, 0.1, 0.2, 0.4), (0.6, 0.1, 0.2, 0.4), scores=(0.5, 0.7, 0.9)
    ) == [2, 1]


def test_the_result_does_not_hang_on_luck_among_equals():
    boxes = [(0.1, 0.1, 0.2, 0.4), (0.12, 0.1, 0.2, 0.4), (0.14, 0.1, 0.2, 0.4)]
    assert kept(*boxes, scores=(0.5, 0.5, 0.5)) == [0]


def test_nothing_gives_nothing():
    assert kept() == []
