"""The comparison of answers: what is handed to the library, what comes back, and errors."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bench.answers.counted import Counted, scene
from bench.answers.supervision_zones import corners, directed, in_pixels
from bench.tracking.mot import Rows, Sequence

SEQUENCE = Sequence(Path("none"), "TUD-Stadtmitte", fps=25, length=2, width=640, height=480)


def test_boxes_are_corners_in_pixels_within_the_picture() -> None:
    boxes = np.array([[0.25, 0.5, 0.5, 0.25], [0.9, 0.8, 0.2, 0.4]], np.float32)
    rows = Rows(np.array([0, 1]), np.array([7, 7]), boxes, np.ones(2, np.float32))
    found = corners(rows, SEQUENCE)
    assert found[0].tolist() == [160, 240, 480, 360]
    assert found[1] == pytest.approx([576, 384, 639, 479])
    assert rows.boxes[1, 2] == pytest.approx(0.2)


def test_lines_and_zones_are_in_pixels() -> None:
    asked = in_pixels(scene(), SEQUENCE)
    assert asked["lines"]["x5"] == [[320, 0], [320, 480]]
    assert asked["lines"]["y3"] == [[0, pytest.approx(144)], [640, pytest.approx(144)]]
    assert asked["zones"]["1-0"] == [[160, 0], [320, 0], [320, 120], [160, 120]]


def test_sides_are_directions_by_the_scenes_word() -> None:
    asked = scene()
    other = asked.model_copy(
        update={"lines": [line.model_copy(update={"inner": "right"}) for line in asked.lines]}
    )
    crossings = {"x5": {"left": 3, "right": 1}}
    assert directed(crossings, asked) == Counter({("x5", "in"): 3, ("x5", "out"): 1})
    assert directed(crossings, other) == Counter({("x5", "in"): 1, ("x5", "out"): 3})


def test_errors_are_of_each_count_and_never_cancel() -> None:
    truth = Counted(Counter({("x5", "in"): 10, ("x5", "out"): 10}), Counter({"a": 30, "b": 10}))
    moved = Counted(Counter({("x5", "in"): 11, ("x5", "out"): 9}), Counter({"a": 28, "b": 12}))
    assert truth.errors(truth) == (0, 0)
    assert moved.errors(truth) == (pytest.approx(10), pytest.approx(10))
