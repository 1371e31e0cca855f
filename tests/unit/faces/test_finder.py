"""A face that can be seen is found where it is; one that cannot is not made up."""

from __future__ import annotations

import numpy as np
import pytest

from engine.faces import Face, FaceFinder, load_face_finder
from infra.models import prepared
from testing.pictures import portrait, ratios, resized, scene


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return load_face_finder(1, prepared())


def only_face(finder: FaceFinder, picture: np.ndarray, left: int = 200, top: int = 60) -> Face:
    """The face of the one person in a frame that shows `picture`, 288 pixels wide and high."""
    frame = scene(640, 480, (picture, left, top))
    (face,) = finder.find(frame, ratios(frame, (left, top, 288, 288)))
    assert face is not None
    return face


def test_face_lies_where_it_is_in_the_whole_frame(finder: FaceFinder) -> None:
    face = only_face(finder, portrait())
    left, top, width, height = face.box * [640, 480, 640, 480]
    assert left + width / 2 == pytest.approx(200 + 139, abs=12)
    assert top + height / 2 == pytest.approx(60 + 126, abs=12)
    assert 75 < height < 130
    assert face.confidence > 0.9


def test_landmarks_are_named_as_seen_in_the_picture(finder: FaceFinder) -> None:
    points = only_face(finder, portrait()).landmarks * [640, 480]
    eye_left, eye_right, mouth_left, mouth_right, nose = points
    assert eye_left[0] < nose[0] < eye_right[0]
    assert mouth_left[0] < nose[0] < mouth_right[0]
    assert max(eye_left[1], eye_right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


def test_a_frontal_face_has_little_roll_and_yaw(finder: FaceFinder) -> None:
    roll, yaw, pitch = only_face(finder, portrait()).pose
    assert abs(roll) < 8
    assert abs(yaw) < 12
    assert abs(pitch) < 30


def test_roll_grows_clockwise_and_turns_over_in_the_mirror(finder: FaceFinder) -> None:
    tilted = np.stack([turned(portrait()[..., channel], 15) for channel in range(3)], axis=-1)
    assert only_face(finder, tilted).pose[0] > 8
    assert only_face(finder, np.ascontiguousarray(tilted[:, ::-1])).pose[0] < -8


def turned(channel: np.ndarray, degrees: float) -> np.ndarray:
    """`channel` turned clockwise about its middle, nearest pixels."""
    size = len(channel)
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    angle = np.radians(degrees)
    source_x = x * np.cos(angle) + y * np.sin(angle)
    source_y = y * np.cos(angle) - x * np.sin(angle)
    columns, rows = (
        np.clip(np.rint(s + (size - 1) / 2), 0, size - 1).astype(int) for s in (source_x, source_y)
    )
    return channel[rows, columns]


def test_a_blurred_face_is_less_sharp_and_a_dark_one_less_bright(finder: FaceFinder) -> None:
    plain = only_face(finder, portrait())
    blurred = only_face(finder, resized(resized(portrait(), 96, 96), 288, 288))
    dark = only_face(finder, portrait() // 2)
    assert blurred.quality[1] < plain.quality[1] / 2
    assert dark.quality[0] == pytest.approx(plain.quality[0] / 2, rel=0.1)
    for face in (plain, blurred, dark):
        assert np.all((face.quality >= 0) & (face.quality <= 100))


def test_a_head_of_a_few_pixels_has_no_face(finder: FaceFinder) -> None:
    small = resized(portrait(), 36, 36)
    frame = scene(640, 480, (small, 300, 100))
    assert finder.find(frame, ratios(frame, (300, 100, 36, 90))) == [None]
    # Nor does it when the box makes believe that the head is large.
    assert finder.find(frame, ratios(frame, (300, 100, 120, 300))) == [None]


@pytest.mark.parametrize("seed", range(5))
def test_no_face_is_made_up(finder: FaceFinder, seed: int) -> None:
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (240, 240, 3), np.uint8)
    blocks = np.kron(random.integers(0, 256, (12, 12, 3), np.uint8), np.ones((20, 20, 1), np.uint8))
    upside_down = portrait()[180:, :][::-1]
    frame = scene(960, 480, (noise, 0, 0), (blocks, 300, 0), (upside_down, 600, 0))
    boxes = ratios(frame, (0, 0, 240, 400), (300, 0, 240, 400), (600, 0, 288, 400))
    assert finder.find(frame, boxes) == [None, None, None]


def test_each_person_has_their_own_face_in_the_order_asked(finder: FaceFinder) -> None:
    frame = scene(1280, 480, (portrait(), 100, 60), (portrait(), 800, 60))
    boxes = ratios(frame, (800, 60, 288, 288), (450, 60, 288, 288), (100, 60, 288, 288))
    right, nobody, left = finder.find(frame, boxes)
    assert left is not None
    assert nobody is None
    assert right is not None
    assert left.box[0] < 0.5 < right.box[0]


def test_a_face_in_two_peoples_boxes_goes_to_the_one_it_fits(finder: FaceFinder) -> None:
    frame = scene(640, 480, (portrait(), 200, 60))
    boxes = ratios(frame, (250, 60, 288, 288), (200, 60, 288, 288))
    assert [face is None for face in finder.find(frame, boxes)] == [True, False]


def test_a_person_partly_outside_the_frame_is_no_hindrance(finder: FaceFinder) -> None:
    frame = scene(400, 300, (portrait(), 100, 0))
    (face,) = finder.find(frame, ratios(frame, (60, -40, 380, 420)))
    assert face is not None


def test_nobody_has_no_faces(finder: FaceFinder) -> None:
    assert finder.find(scene(320, 240), np.zeros((0, 4), np.float32)) == []
