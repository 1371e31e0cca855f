"""Both detectors on whole pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.detector import Detector, load_detector
from engine.detector.detections import LOWEST_SCORE
from infra.models import prepared
from testing.pictures import portrait, resized

HIGH_CONFIDENCE = 0.5


@pytest.fixture(scope="module", params=["movenet", "nanodet", "far"])
def detector(request: pytest.FixtureRequest) -> Detector:
    return load_detector(request.param, 1, prepared())


def empty_scenes(width: int, height: int) -> Iterator[tuple[str, np.ndarray]]:
    random = np.random.default_rng(3)
    y, x = np.mgrid[:height, :width]
    yield "black", np.zeros((height, width, 3), np.uint8)
    yield "white", np.full((height, width, 3), 255, np.uint8)
    yield "noise", random.integers(0, 256, (height, width, 3), np.uint8)
    yield "slope", np.repeat((x * 255 // width).astype(np.uint8)[..., None], 3, axis=2)
    yield "stripes", np.repeat(((x // 20 % 2) * 200 + 20).astype(np.uint8)[..., None], 3, axis=2)
    yield "poles", np.repeat(np.where(x % 90 < 12, 40, 190).astype(np.uint8)[..., None], 3, axis=2)
    yield (
        "blocks",
        np.kron(random.integers(0, 256, (height // 32, width // 32, 3)), np.ones((32, 32, 1))).astype(
            np.uint8
        ),
    )
    horizon = np.where(y < height // 3, 200, 90) + random.integers(-8, 9, (height, width))
    yield "street", np.repeat(horizon.astype(np.uint8)[..., None], 3, axis=2)


def test_an_empty_scene_gives_no_people(detector: Detector) -> None:
    width, height = detector.input_size(640, 480)
    for name, picture in empty_scenes(width, height):
        found = detector.detect(picture)
        assert not np.any(found.scores >= HIGH_CONFIDENCE), f"{detector.name} sees people in {name}"


def test_detections_come_highest_score_first_in_ratios(detector: Detector) -> None:
    width, height = detector.input_size(640, 480)
    picture = np.full((height, width, 3), 150, np.uint8)
    picture[60:260, 100:300] = resized(portrait(), 200, 200)
    found = detector.detect(picture)
    assert found.boxes.dtype == found.scores.dtype == np.float32
    assert found.boxes.shape == (len(found), 4)
    assert np.all(np.diff(found.scores) <= 0)
    assert np.all((found.scores >= LOWEST_SCORE) & (found.scores <= 1))
    assert np.all(found.boxes[:, 2:] > 0)


def test_the_same_picture_gives_the_same_people(detector: Detector) -> None:
    width, height = detector.input_size(320, 240)
    picture = np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8)
    first, second = detector.detect(picture), detector.detect(picture)
    assert np.array_equal(first.boxes, second.boxes)
    assert np.array_equal(first.scores, second.scores)


def test_unknown_names_and_missing_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'movenet', 'nanodet', 'far'"):
        load_detector("yolo", 1, tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no model at .*\.onnx"):
        load_detector("movenet", 1, tmp_path)
    with pytest.raises(ValueError, match="at least one thread"):
        load_detector("nanodet", 0, prepared())
