"""A made-up shop's visitors, for the page of a scene over days."""

from __future__ import annotations

import random

from testing.scripted_rekognition import HZ
from tests.integration.reader.conftest import Story, Walk

SCENE = {
    "version": 1,
    "name": "Shop",
    "prefix": "shop/",
    "zones": [
        {"name": "till", "polygon": [[0.62, 0.55], [0.9, 0.55], [0.9, 0.9], [0.62, 0.9]]},
        {"name": "shelf", "polygon": [[0.3, 0.4], [0.5, 0.4], [0.5, 0.7], [0.3, 0.7]]},
    ],
    "lines": [{"name": "door", "points": [[0.15, 0.35], [0.15, 0.95]], "in": "left"}],
    "start": {"from": "key", "pattern": "%Y-%m-%dT%H-%M-%S", "time_zone": "Europe/Berlin"},
}


def visitors(seed: int, count: int, seconds: int) -> Story:
    """People who come in by the door, stand at the shelf and some of them at the till, and leave by the door.

    The same for the same seed; all leave before the video ends.
    """
    rng = random.Random(seed)
    walks = []
    for _ in range(count):
        at = rng.uniform(0, seconds - 70)
        door, shelf = (0.05, rng.uniform(0.5, 0.8)), (rng.uniform(0.33, 0.47), rng.uniform(0.5, 0.66))
        stops = [(door, shelf, 5.0), (shelf, shelf, rng.uniform(2, 18))]
        last = shelf
        if rng.random() < 0.6:
            till = (rng.uniform(0.66, 0.86), rng.uniform(0.62, 0.85))
            stops += [(shelf, till, 5.0), (till, till, rng.uniform(4, 25))]
            last = till
        stops.append((last, (0.05, rng.uniform(0.5, 0.8)), 7.0))
        of_one = []
        for begin, end, lasts in stops:
            of_one.append(Walk(at, at + lasts, begin, end))
            at += lasts + 1 / HZ
        walks.append(tuple(of_one))
    return Story(count, seconds * HZ, walks=tuple(walks))
