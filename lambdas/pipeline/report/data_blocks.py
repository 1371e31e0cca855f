"""What the report's script draws, as inert blocks: JSON, and numbers packed in base64."""

from __future__ import annotations

import base64
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence

from pipeline.path.person_path import PersonPath
from pipeline.path.points import Point
from pipeline.report.inert_json import inert_json
from pipeline.report.video_facts import VideoFacts

SCALE = 10_000
"""Boxes are written as 16-bit integers of a ratio times this, which reaches 3.2 frames beyond the frame."""


def data_blocks(
    video: VideoFacts, people: Sequence[PersonPath], aspect: float, still_ms: int
) -> dict[str, str]:
    """The blocks by their names in the template.

    Args:
        aspect: width / height of the scene as it is shown.
        still_ms: the Timestamp of its still, 0 without one.
    """
    about = {
        "name": video.name,
        "duration": video.duration_ms,
        "scale": SCALE,
        "people": [
            {
                "index": person.index,
                "first": person.first_ms,
                "last": person.last_ms,
                "spans": [len(span) for span in person.spans],
            }
            for person in people
        ],
        "stillAt": still_ms,
        "aspect": aspect,
    }
    return {
        "data": inert_json(about),
        "times": _base64("I", (point[0] for point in _points(people))),
        "boxes": _base64("h", (_scaled(value) for point in _points(people) for value in point[1:])),
    }


def _points(people: Sequence[PersonPath]) -> Iterator[Point]:
    return (point for person in people for span in person.spans for point in span)


def _scaled(value: float) -> int:
    return max(-32_767, min(32_767, round(value * SCALE)))


def _base64(kind: str, values: Iterable[int]) -> str:
    """Little-endian numbers of one kind of `array` as base64."""
    numbers = array(kind, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return base64.b64encode(numbers).decode()
