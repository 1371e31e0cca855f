"""How many frames a second are analysed makes no path worse, though a detector's errors last from one to the
next."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis.detections import SegmentDetections
from engine.tracker import Settings, Track, link
from engine.tracker.geometry import iou, to_heights
from engine.tracker.motion.error_correlation import independent_share
from engine.tracker.motion.motion_model import FIT_CENTRE_NOISE
from engine.tracker.passes.forward_pass import track_forward
from engine.tracker.tracklets.tracklet_ends import tracklet_ends
from engine.tracker.tracklets.tracklets import Tracklets
from tests.unit.tracker.scenes import ASPECT, HEIGHT, WIDTH, descriptor

_FPS = 30
_EVERY = {5.0: 6, 7.5: 4, 10.0: 3, 15.0: 2}
"""Of the frames of the video, every how many is analysed, by rate."""
_SECONDS = 20.0
_ERROR_SECONDS = 0.12
_DOOR_SECONDS = 8.0
_COLUMNS = np.linspace(0.1, 0.85, 6)


def wander(random: np.random.Generator, count: int, seconds: float) -> np.ndarray:
    """Errors (count,) of variance 1 whose correlation falls to 1/e in that time (Gauss-Markov)."""
    kept = np.exp(-1 / _FPS / seconds)
    values = random.normal(size=count)
    for number in range(1, count):
        values[number] = kept * values[number - 1] + np.sqrt(1 - kept**2) * values[number]
    return values


def truth(times: np.ndarray) -> np.ndarray:
    """Boxes (people, n, 4) of a crowd in one dress that strolls to and fro in two rows, past each other."""
    boxes = []
    for number, x in enumerate(_COLUMNS):
        middle = x + 0.09 * np.sin(0.7 * times + 1.3 * number)
        foot = np.full(len(times), 0.75 + 0.2 * (number % 2))
        boxes.append(np.stack([middle - WIDTH / 2, foot - HEIGHT, *np.full((2, len(times)), WIDTH)], axis=1))
        boxes[-1][:, 3] = HEIGHT
    return np.stack(boxes)


def filmed(seed: int) -> SegmentDetections:
    """What is found of them in every frame: boxes and confidences that err together for a while, people
    hidden for a second and a half in turn, and, where every second one comes out of a door after some
    seconds, a thing that now and then is taken for somebody at a low confidence.
    """
    random = np.random.default_rng(seed)
    times = np.arange(round(_SECONDS * _FPS)) / _FPS
    frame_of, found, scores, colours = [], [], [], []

    def add(seen: np.ndarray, boxes: np.ndarray, confidences: np.ndarray, colour: int) -> None:
        frame_of.append(np.nonzero(seen)[0])
        found.append(boxes[seen])
        scores.append(confidences[seen])
        colours.append(np.full(seen.sum(), colour))

    for number, boxes in enumerate(truth(times)):
        errors = np.stack([wander(random, len(times), _ERROR_SECONDS) for _ in range(4)], axis=1)
        boxes = boxes + errors * [0.03 * HEIGHT / ASPECT, 0.03 * HEIGHT, 0.04 * WIDTH, 0.04 * HEIGHT]
        confidence = np.clip(0.75 + 0.12 * wander(random, len(times), 0.3), 0.1, 0.98)
        gone = 2.0 + 2.3 * number + 2 * (number % 2)
        enters = _DOOR_SECONDS if number % 2 else 0.0
        add((times >= enters) & ~((times > gone) & (times < gone + 1.5)), boxes, confidence, 0)
        if enters:
            clutter = np.tile(boxes[times >= enters][0], (len(times), 1))
            flicker = np.clip(0.2 + 0.08 * wander(random, len(times), 0.1), 0.07, 0.35)
            add((times < enters) & (random.random(len(times)) < 0.4), clutter, flicker, 3)
    frames = np.concatenate(frame_of)
    order = np.argsort(frames, kind="stable")
    return SegmentDetections.of(
        np.round(times * 1000),
        frames[order],
        np.concatenate(found)[order],
        np.concatenate(scores)[order],
        appearance=np.stack([descriptor(colour) for colour in np.concatenate(colours)[order]]),
    )


def thinned(whole: SegmentDetections, frames: np.ndarray) -> SegmentDetections:
    """Those of its frames."""
    place = np.full(len(whole.timestamps_ms), -1)
    place[frames] = np.arange(len(frames))
    rows = place[whole.frame_of] >= 0
    return SegmentDetections.of(
        whole.timestamps_ms[frames],
        place[whole.frame_of[rows]],
        whole.boxes[rows],
        whole.scores[rows],
        appearance=whole.appearance[rows],
    )


def at(whole: SegmentDetections, rate: float) -> SegmentDetections:
    """The same, analysed at one of the rates."""
    return thinned(whole, np.arange(0, len(whole.timestamps_ms), _EVERY[rate]))


def quality(tracks: list[Track]) -> float:
    """IDF1, 0..1: at instants common to all rates, of boxes on a person's own track over all boxes."""
    times = np.arange(0, _SECONDS - 0.5, 1.0)
    people = truth(times)
    present = np.ones(people.shape[:2], bool)
    present[1::2] = times >= _DOOR_SECONDS
    shared = np.zeros((len(people), len(tracks)))
    reported = 0
    for column, track in enumerate(tracks):
        inside = (times * 1000 >= track.timestamps_ms[0]) & (times * 1000 <= track.timestamps_ms[-1])
        reported += int(inside.sum())
        boxes = np.stack([np.interp(times * 1000, track.timestamps_ms, side) for side in track.boxes.T], 1)
        for row, true in enumerate(people):
            overlap = iou(to_heights(true, ASPECT), to_heights(boxes, ASPECT))
            shared[row, column] = (inside & present[row] & (overlap >= 0.5)).sum()
    own = 0.0
    while shared.size and shared.max() > 0:
        person, path = np.unravel_index(shared.argmax(), shared.shape)
        own += shared[person, path]
        shared[person], shared[:, path] = 0, 0
    return float(2 * own / (present.sum() + reported))


@pytest.mark.parametrize("seed", range(3))
def test_every_rate_gives_each_of_a_crowd_one_whole_path(seed: int) -> None:
    whole = filmed(seed)
    settings = Settings.for_detector("movenet")
    reached = {
        rate: quality(link([at(whole, rate)], frame_aspect=ASPECT, settings=settings)) for rate in _EVERY
    }
    assert min(reached.values()) > 0.98, reached


def test_so_does_a_rate_that_varies() -> None:
    whole = filmed(0)
    steps = np.random.default_rng(1).choice(list(_EVERY.values()), len(whole.timestamps_ms))
    frames = np.cumsum(steps)
    frames = np.append(0, frames[frames < len(whole.timestamps_ms)])
    varying = thinned(whole, frames)
    tracks = link([varying], frame_aspect=ASPECT, settings=Settings.for_detector("movenet"))
    assert quality(tracks) > 0.98


def standing(seed: int) -> tuple[SegmentDetections, np.ndarray]:
    """Sixty-four people who stand for a second and a bit, with errors that last, and their centres (64, 2) in
    frame heights.
    """
    random = np.random.default_rng(seed)
    count, height = 40, 0.06
    columns, rows = (side.ravel() for side in np.meshgrid(np.arange(8), np.arange(8)))
    centres = np.stack([0.1 + 0.2 * columns, 0.1 + 0.11 * rows], axis=1)
    errors = np.stack(
        [
            np.stack([wander(random, count, _ERROR_SECONDS) for _ in range(2)], axis=1)
            for _ in range(len(centres))
        ],
        axis=1,
    )
    middle = centres + FIT_CENTRE_NOISE * height * errors
    size = np.broadcast_to([0.4 * height, height], middle.shape)
    boxes = np.concatenate([middle - size / 2, size], axis=2) / [ASPECT, 1, ASPECT, 1]
    frames = np.repeat(np.arange(count), len(centres))
    times = np.round(np.arange(count) * 1000 / _FPS)
    return SegmentDetections.of(times, frames, boxes.reshape(-1, 4), np.full(len(frames), 0.9)), centres


@pytest.mark.parametrize("rate", _EVERY)
def test_an_end_knows_how_far_it_may_be_off_at_every_rate(rate: float) -> None:
    whole, centres = standing(5)
    settings = Settings.for_detector("movenet")
    store = track_forward([at(whole, rate)], ASPECT, settings)
    store.track[:] = np.arange(len(store.track)) % len(centres)
    ends = tracklet_ends(store, Tracklets.of(store), first=False)
    off = (ends.centre - centres) / np.sqrt(ends.covariance[:, :, 0])
    assert 0.8 < np.sqrt((off**2).mean()) < 1.2


@pytest.mark.parametrize("error_seconds", [0.0, _ERROR_SECONDS])
def test_a_mean_of_a_second_is_as_sure_as_its_errors_are_independent(error_seconds: float) -> None:
    random = np.random.default_rng(3)
    count = 30
    means = [
        (wander(random, count, error_seconds) if error_seconds else random.normal(size=count)).mean()
        for _ in range(400)
    ]
    share = float(independent_share(np.array([1 / _FPS]), error_seconds)[0])
    assert np.var(means) * count * share == pytest.approx(1, abs=0.3)
