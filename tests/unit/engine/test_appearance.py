"""Colour descriptors."""

from __future__ import annotations

import numpy as np

from engine.analysis.appearance import SIZE, describe, similarity

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> np.ndarray:
    image = np.full((100, 100, 3), 128, np.uint8)
    image[10:50, 40:60] = upper
    image[50:90, 40:60] = lower
    return image


BOX = np.array([[0.4, 0.1, 0.2, 0.8]])


def test_the_same_clothes_look_the_same_anywhere() -> None:
    first = describe(picture(RED, BLUE), BOX)
    second = describe(np.roll(picture(RED, BLUE), 20, axis=1), BOX + np.array([[0.2, 0, 0, 0]]))
    assert first.shape == (1, SIZE)
    assert first.dtype == np.uint8
    assert similarity(first, second)[0] > 0.99


def test_upper_and_lower_body_have_descriptors_of_their_own() -> None:
    assert similarity(describe(picture(RED, BLUE), BOX), describe(picture(BLUE, RED), BOX))[0] < 0.7


def test_dark_clothes_keep_their_colour() -> None:
    brown, green, grey = (52, 34, 22), (30, 40, 26), (36, 36, 36)
    described = [describe(picture(colour, grey), BOX) for colour in (brown, green, grey)]
    assert similarity(described[0], described[1])[0] < 0.92
    assert similarity(described[1], described[2])[0] < 0.97


def test_a_shadow_changes_the_lightness_alone() -> None:
    bright, shaded = ((120, 60, 40), (60, 90, 150)), ((80, 39, 25), (39, 59, 99))
    same = similarity(describe(picture(*bright), BOX), describe(picture(*shaded), BOX))[0]
    other = similarity(describe(picture(*bright), BOX), describe(picture(*bright[::-1]), BOX))[0]
    assert same > other + 0.1


def test_a_box_partly_outside_is_described_by_what_is_inside() -> None:
    whole = describe(picture(RED, BLUE), np.array([[0.4, 0.1, 0.2, 0.8]]))
    cut = np.roll(picture(RED, BLUE), 50, axis=1)
    half = describe(cut, np.array([[0.9, 0.1, 0.2, 0.8]]))
    assert similarity(whole, half)[0] > 0.98


def test_boxes_outside_the_picture_are_described_by_nothing() -> None:
    outside = describe(picture(RED, BLUE), np.array([[1.5, 0.1, 0.2, 0.8], [0.4, -2.0, 0.2, 0.8]]))
    assert not outside.any()
    assert similarity(outside, outside).tolist() == [0, 0]


def test_no_boxes_give_no_descriptors() -> None:
    assert describe(picture(RED, BLUE), np.zeros((0, 4))).shape == (0, SIZE)
