"""Simulated people and what a detector would find of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.analysis.detections import SegmentDetections

ASPECT = 16 / 9
HEIGHT = 0.3
WIDTH = 0.12 / ASPECT


@dataclass(frozen=True)
class Person:
    """Someone whose feet are at ``foot(seconds)`` in ratios, detected unless ``hidden(seconds)``."""

    foot: Callable[[float], tuple[float, float]]
    colour: int = 0
    begin: float = 0.0
    end: float = 1e9
    hidden: Callable[[float], bool] = lambda _: False
    score: float = 0.9

    def box(self, seconds: float) -> tuple[float, float, float, float]:
        """Left, top, width, height."""
        x, y = self.foot(seconds)
        return x - WIDTH / 2, y - HEIGHT, WIDTH, HEIGHT


def walking(x: float, speed: float, y: float = 0.8) -> Callable[[float], tuple[float, float]]:
    """Across the picture at an even speed, frame widths a second."""
    return lambda seconds: (x + speed * seconds, y)


def descriptor(colour: int) -> np.ndarray:
    """A descriptor; other colours have nothing in common."""
    values = np.zeros(48, np.uint8)
    values[colour % 6 * 8 : colour % 6 * 8 + 8] = 90
    return values


def seen(
    people: Sequence[Person],
    seconds: float,
    hz: float = 5.0,
    *,
    jitter: float = 0.003,
    colours: bool = True,
    pan: Callable[[float], float] | None = None,
    known_pan: bool = True,
    seed: int = 7,
    times: Sequence[float] | None = None,
) -> SegmentDetections:
    """Detections of a scene.

    Args:
        pan: how far to the right the camera points, in frame widths.
        times: of the analysed frames, in seconds, in place of ``seconds`` at ``hz``.
    """
    random = np.random.default_rng(seed)
    frame_of, boxes, scores, descriptors, camera = [], [], [], [], []
    instants = np.arange(round(seconds * hz)) / hz if times is None else np.array(times)
    for frame, when in enumerate(instants.tolist()):
        shift = pan(when) if pan else 0.0
        before = pan(instants[frame - 1]) if pan and frame else shift
        motion = np.eye(2, 3)
        motion[0, 2] = before - shift if known_pan else 0.0
        camera.append(motion)
        for person in people:
            if person.begin <= when < person.end and not person.hidden(when):
                box = np.array(person.box(when)) + random.normal(0, jitter, 4) * [1, 1, 0.3, 1]
                box[0] -= shift
                frame_of.append(frame)
                boxes.append(box)
                scores.append(person.score)
                descriptors.append(descriptor(person.colour))
    return SegmentDetections.of(
        np.round(instants * 1000),
        frame_of,
        boxes,
        scores,
        camera=np.array(camera),
        appearance=np.array(descriptors).reshape(-1, 48) if colours else None,
    )


def cut(whole: SegmentDetections, frames: Sequence[int]) -> list[SegmentDetections]:
    """The same detections in several segments, cut before each of these frames."""
    edges = [0, *sorted(set(frames)), len(whole.timestamps_ms)]
    parts = []
    for first, last in zip(edges[:-1], edges[1:], strict=True):  # noqa: RUF007 - pairs of edges
        rows = (whole.frame_of >= first) & (whole.frame_of < last)
        parts.append(
            SegmentDetections.of(
                whole.timestamps_ms[first:last],
                whole.frame_of[rows] - first,
                whole.boxes[rows],
                whole.scores[rows],
                camera=whole.camera[first:last],
                appearance=whole.appearance[rows],
            )
        )
    return parts
