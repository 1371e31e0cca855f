"""Metres walked and speed, of a scene with a floor plan."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import ceil, floor, hypot

from pipeline.answers.geometry.walk import Walk
from pipeline.answers.scenes.floor_plan import FloorPlan

_STEP_METRES = 0.25
"""Metres a person must move before it counts as distance, so that a jittering box walks nowhere."""


@dataclass(frozen=True)
class Movement:
    """How far one person went. `top_speed`: over the fastest whole second; None in less than two seconds."""

    person: int
    metres: float
    seconds: float
    top_speed: float | None

    @property
    def mean_speed(self) -> float | None:
        """Metres a second of the time seen."""
        return self.metres / self.seconds if self.seconds else None


@dataclass(frozen=True)
class FloorTrack:
    """Where one person was on the floor at each whole second of the video in which they were seen."""

    person: int
    seconds: array[int]
    xs: array[float]
    ys: array[float]


def movement_of(person: int, walk: Walk, plan: FloorPlan) -> tuple[Movement, FloorTrack]:
    """Movement, and where the person was second by second. What is above the horizon is left out."""
    track = _track_of(person, walk, plan)
    speeds = [
        hypot(track.xs[row] - track.xs[row - 1], track.ys[row] - track.ys[row - 1])
        for row in range(1, len(track.seconds))
        if track.seconds[row] == track.seconds[row - 1] + 1
    ]
    metres = sum(_metres(walk, plan, first, last) for first, last in walk.spans)
    top = max(speeds) if speeds else None
    return Movement(person, metres, walk.milliseconds_seen / 1000, top), track


def _metres(walk: Walk, plan: FloorPlan, first: int, last: int) -> float:
    """Metres walked in one span."""
    metres, anchor = 0.0, None
    for row in range(first, last + 1):
        place = plan.metres(walk.xs[row], walk.ys[row])
        if place is None:
            continue
        if anchor is None:
            anchor = place
        moved = hypot(place[0] - anchor[0], place[1] - anchor[1])
        if moved >= _STEP_METRES:
            metres, anchor = metres + moved, place
    return metres


def _track_of(person: int, walk: Walk, plan: FloorPlan) -> FloorTrack:
    track = FloorTrack(person, array("L"), array("d"), array("d"))
    for first, last in walk.spans:
        for second in range(ceil(walk.times[first] / 1000), floor(walk.times[last] / 1000) + 1):
            x, y, _ = walk.at(second * 1000)
            place = plan.metres(x, y)
            if place is not None:
                track.seconds.append(second)
                track.xs.append(place[0])
                track.ys.append(place[1])
    return track
