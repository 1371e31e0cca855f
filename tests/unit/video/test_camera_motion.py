"""Camera motion from small grey pictures."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.video.frames.camera_motion import estimate, identity, small_grey

WIDTH, HEIGHT = 192, 108
SIZE = np.array([WIDTH, HEIGHT])
GROUND = np.random.default_rng(3).normal(size=(400, 600))
for axis in (0, 1):
    for _ in range(2):
        GROUND = np.apply_along_axis(np.convolve, axis, GROUND, np.ones(5) / 5, "same")
GROUND = (GROUND - GROUND.min()) / (GROUND.max() - GROUND.min()) * 255


def view(x: float, y: float, zoom: float = 1, turn: float = 0) -> NDArray[np.float32]:
    """What a camera sees that looks at (x, y): `zoom` times as much of the ground, turned by `turn`."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    v, u = rows - HEIGHT / 2, columns - WIDTH / 2
    ground_x = x + zoom * (np.cos(turn) * u - np.sin(turn) * v)
    ground_y = y + zoom * (np.sin(turn) * u + np.cos(turn) * v)
    left, top = np.floor(ground_x).astype(int), np.floor(ground_y).astype(int)
    right, down = ground_x - left, ground_y - top
    upper = GROUND[top, left] * (1 - right) + GROUND[top, left + 1] * right
    lower = GROUND[top + 1, left] * (1 - right) + GROUND[top + 1, left + 1] * right
    return (upper * (1 - down) + lower * down).astype(np.float32)


def moved(x: float, y: float, zoom: float = 1, turn: float = 0) -> NDArray[np.float64]:
    """Where the corners of the first view (ratios) are seen by the second camera."""
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * SIZE - SIZE / 2
    from_new = corners + np.array([300 - x, 200 - y])
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) / zoom
    return (from_new @ back.T + SIZE / 2) / SIZE


def estimated(previous: NDArray[np.float32], current: NDArray[np.float32]) -> NDArray[np.float64]:
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
    return corners @ estimate(previous, current).T


def noisy(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return picture + np.random.default_rng(1).normal(size=picture.shape).astype(np.float32) * 2


@pytest.mark.parametrize(
    "pose",
    [
        (303.5, 201.25),
        (320, 190),
        (275, 205),
        (300, 200, 1.03),
        (304, 200, 1, 0.03),
        (310, 205, 0.97, -0.02),
    ],
)
def test_pans_turns_and_zooms_are_measured(pose: tuple[float, ...]) -> None:
    assert np.abs(estimated(view(300, 200), noisy(view(*pose))) - moved(*pose)).max() < 0.004


def test_a_camera_that_stands_gives_the_identity_exactly() -> None:
    assert np.array_equal(estimate(view(300, 200), noisy(view(300, 200))), identity())


def test_8_bit_pictures_do_as_well() -> None:
    before, after = view(300, 200).astype(np.uint8), view(310, 200).astype(np.uint8)
    assert estimate(before, after)[0, 2] == pytest.approx(-10 / WIDTH, abs=0.003)


def test_people_walking_through_do_not_move_a_camera_that_stands() -> None:
    before, after = view(300, 200), view(300, 200)
    for left in (20, 70, 120):
        before[20:100, left : left + 24] = view(150, 150)[20:100, 40:64]
        after[20:100, left + 9 : left + 33] = view(150, 150)[20:100, 40:64]
    assert np.array_equal(estimate(before, noisy(after)), identity())


def test_people_walking_through_do_not_bend_a_pan() -> None:
    before, after = view(300, 200), view(312, 200)
    for left in (20, 110):
        before[20:100, left : left + 24] = view(150, 150)[20:100, 40:64]
        after[20:100, left + 9 : left + 33] = view(150, 150)[20:100, 40:64]
    assert np.abs(estimated(before, noisy(after)) - moved(312, 200)).max() < 0.01


@pytest.mark.parametrize(
    "after",
    [
        np.zeros((HEIGHT, WIDTH), np.float32),
        np.random.default_rng(9).normal(128, 40, (HEIGHT, WIDTH)).astype(np.float32),
        np.zeros((20, 20), np.float32),
    ],
)
def test_no_motion_is_reported_where_none_can_be_measured(after: NDArray[np.float32]) -> None:
    assert np.array_equal(estimate(view(300, 200), after), identity())
    assert np.array_equal(estimate(after, view(300, 200)), identity())


def test_a_light_switched_on_is_no_motion() -> None:
    assert np.array_equal(estimate(view(300, 200), view(300, 200) * 0.8 + 40), identity())


def test_a_small_picture_is_the_average_of_a_large_one() -> None:
    large = np.arange(4 * 400, dtype=np.uint32).reshape(4, 400, 1).repeat(3, 2).astype(np.uint8)
    small = small_grey(large, 200)
    assert small.shape == (2, 200)
    assert small[0, 0] == large[:2, :2, 1].mean()
