"""The camera's motion over many frames."""

from __future__ import annotations

import numpy as np

from engine.tracker.motion.camera_path import CameraPath, in_heights, inverse, is_plausible, move, then


def steps(count: int) -> np.ndarray:
    random = np.random.default_rng(5)
    motion = np.tile(np.eye(2, 3), (count, 1, 1))
    motion[:, :, 2] = random.normal(0, 0.02, (count, 2))
    motion[:, 0, 0] = motion[:, 1, 1] = 1 + random.normal(0, 0.01, count)
    return motion


def test_far_frames_are_reached_step_by_step() -> None:
    single = steps(300)
    path = CameraPath(single)
    for start, end in ((0, 299), (10, 11), (63, 64), (64, 64), (5, 200)):
        expected = np.eye(2, 3)
        for step in single[start + 1 : end + 1]:
            expected = then(expected, step)
        assert np.allclose(path.between(np.array([start]), np.array([end]))[0], expected)


def test_going_back_undoes_going_there() -> None:
    path = CameraPath(steps(150))
    there = path.back_from(np.array([20, 140]), 90)
    assert np.allclose(there[1], inverse(path.between(np.array([90]), np.array([140])))[0])
    assert np.allclose(there[0], path.between(np.array([20]), np.array([90]))[0])


def test_boxes_grow_when_the_camera_comes_nearer() -> None:
    closer = np.array([[[2.0, 0, 0.1], [0, 2.0, 0]]])
    assert np.allclose(move(closer, np.array([[0.5, 0.5, 0.1, 0.2]])), [[1.1, 1.0, 0.2, 0.4]])


def test_ratios_become_heights() -> None:
    pan = np.array([[[1.0, 0, 0.1], [0, 1.0, 0.2]]])
    assert np.allclose(in_heights(pan, 2.0), [[[1.0, 0, 0.2], [0, 1.0, 0.2]]])


def test_a_diverged_estimate_is_implausible() -> None:
    assert is_plausible(np.tile(np.eye(2, 3), (3, 1, 1)))
    assert not is_plausible(np.array([[[30.0, 0, 0], [0, 30.0, 0]]]))
