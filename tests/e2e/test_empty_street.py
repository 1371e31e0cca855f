"""A real street: without its people nobody is found in it, with them most are."""

from __future__ import annotations

import av
import numpy as np
import pytest

from engine.detector import Detector, load_detector
from infra.models import prepared
from testing.people import people_clip

HIGH_CONFIDENCE = 0.5


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """uint8 RGB (n, 384, 512, 3): every twentieth frame of the demo clip."""
    with av.open(str(people_clip(tmp_path_factory.mktemp("street") / "street.avi", 80))) as clip:
        wanted = (frame for number, frame in enumerate(clip.decode(video=0)) if number % 20 == 0)
        return np.stack([frame.reformat(512, 384, "rgb24").to_ndarray() for frame in wanted])


def shown_to(detector: Detector, picture: np.ndarray) -> np.ndarray:
    """`picture` at the size that the detector asks for."""
    width, height = detector.input_size(512, 384)
    frame = av.VideoFrame.from_ndarray(picture, "rgb24")
    return frame.reformat(width, height, "rgb24").to_ndarray()


@pytest.mark.parametrize("name", ["movenet", "nanodet"])
def test_the_empty_street_has_no_people(street: np.ndarray, name: str) -> None:
    detector = load_detector(name, 1, prepared())
    # People who walk are at no place for half the time: the median is the street alone.
    empty = np.median(street, axis=0).astype(np.uint8)
    found = detector.detect(shown_to(detector, empty))
    assert not np.any(found.scores >= HIGH_CONFIDENCE)


@pytest.mark.parametrize("name", ["movenet", "nanodet", "far"])
def test_the_street_with_people_has_about_as_many_as_there_are(street: np.ndarray, name: str) -> None:
    detector = load_detector(name, 1, prepared())
    counts = [
        np.sum(detector.detect(shown_to(detector, picture)).scores >= HIGH_CONFIDENCE)
        for picture in street[::4]
    ]
    # The ground truth of PETS 2009 S2L1 has 5.8 people in the mean.
    assert 4.5 < np.mean(counts) < 7
