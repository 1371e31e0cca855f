"""Who came close to whom, and how close, of a scene with a floor plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import hypot

from pipeline.answers.movement import FloorTrack

NEAR_METRES = 2.0
"""People who never came closer than this are not compared."""

_Stretch = tuple[float, float, float, float, int]
"""Where a person was at the begin and at the end of a second (x, y, x, y), and the person."""


@dataclass(frozen=True)
class Approach:
    """The closest that two people came; `person` is the lower Index."""

    person: int
    other: int
    at_ms: int
    metres: float


def closest_approaches(tracks: Sequence[FloorTrack]) -> list[Approach]:
    """The closest approach of each two people that came within NEAR_METRES, the closest first.

    Between two whole seconds everyone is taken to walk straight on.
    """
    closest: dict[tuple[int, int], tuple[float, int]] = {}
    for second, stretches in _by_second(tracks):
        for one, other in _neighbours(stretches):
            metres, part = _closest(one, other)
            pair = min(one[4], other[4]), max(one[4], other[4])
            if metres <= NEAR_METRES and metres < closest.get(pair, (float("inf"), 0))[0]:
                closest[pair] = metres, round(1000 * (second + part))
    found = [Approach(*pair, at_ms=at_ms, metres=metres) for pair, (metres, at_ms) in closest.items()]
    return sorted(found, key=lambda approach: (approach.metres, approach.person, approach.other))


def _by_second(tracks: Sequence[FloorTrack]) -> Iterator[tuple[int, list[_Stretch]]]:
    """Each second that anyone was seen in, with everyone in it."""
    waiting = sorted((track for track in tracks if track.seconds), key=lambda track: -track.seconds[0])
    active: list[tuple[FloorTrack, int]] = []
    while waiting or active:
        # Straight to the next second in which there is anyone.
        second = min(
            [track.seconds[row] for track, row in active] + [track.seconds[0] for track in waiting[-1:]]
        )
        while waiting and waiting[-1].seconds[0] == second:
            active.append((waiting.pop(), 0))
        stretches, still = [], []
        for track, row in active:
            here = track.seconds[row] == second
            goes_on = row + 1 < len(track.seconds)
            if here:
                begin = track.xs[row], track.ys[row]
                straight = goes_on and track.seconds[row + 1] == second + 1
                end = (track.xs[row + 1], track.ys[row + 1]) if straight else begin
                stretches.append((*begin, *end, track.person))
            if not here or goes_on:
                still.append((track, row + here))
        yield second, stretches
        active = still


def _neighbours(stretches: list[_Stretch]) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Pairs whose stretches are not too far apart along x."""
    stretches.sort(key=lambda stretch: min(stretch[0], stretch[2]))
    for place, one in enumerate(stretches):
        limit = max(one[0], one[2]) + NEAR_METRES
        for other in stretches[place + 1 :]:
            if min(other[0], other[2]) > limit:
                break
            yield one, other


def _closest(one: _Stretch, other: _Stretch) -> tuple[float, float]:
    """Metres between two people where they were closest within a second, and the part of it before that."""
    x, y = other[0] - one[0], other[1] - one[1]
    dx, dy = other[2] - one[2] - x, other[3] - one[3] - y
    length = dx * dx + dy * dy
    part = min(max(-(x * dx + y * dy) / length, 0.0), 1.0) if length else 0.0
    return hypot(x + part * dx, y + part * dy), part
