"""The answers of all people of a video, put together person by person."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from pipeline.answers.approaches import Approach, closest_approaches
from pipeline.answers.movement import FloorTrack, Movement
from pipeline.answers.person import Crossing, PersonAnswers, Visit

MOST_STOPS = 10
"""A route is the first so many zones of a person."""

Route = tuple[str, ...]
"""Zones, in the order in which a person entered them."""

_Names = TypeVar("_Names", bound=tuple[str, ...])


@dataclass(frozen=True)
class Occupancy:
    """From this time on so many people were in the zone."""

    zone: str
    at_ms: int
    people: int


@dataclass(frozen=True)
class Flow:
    """How often people went from one zone to another next."""

    origin: str
    destination: str
    count: int


class VideoAnswers:
    """Everything asked about one video's people. Grows with visits and crossings, not with records.

    Attributes:
        people: how many were added.
    """

    def __init__(self) -> None:
        self.people = 0
        self._visits: list[Visit] = []
        self._crossings: list[Crossing] = []
        self._movements: list[Movement] = []
        self._tracks: list[FloorTrack] = []
        self._flow: Counter[tuple[str, str]] = Counter()
        self._routes: Counter[Route] = Counter()

    def add(self, answers: PersonAnswers) -> None:
        """Take in the next person, in any order, once."""
        self.people += 1
        self._visits += answers.visits
        self._crossings += answers.crossings
        if answers.movement is not None and answers.track is not None:
            self._movements.append(answers.movement)
            self._tracks.append(answers.track)
        zones = [visit.zone for visit in answers.visits]
        self._flow.update(pairwise(zones))
        if zones:
            self._routes[tuple(zones[:MOST_STOPS])] += 1

    def visits(self) -> list[Visit]:
        """By time of entry."""
        return sorted(self._visits, key=lambda visit: (visit.enter_ms, visit.person, visit.zone))

    def crossings(self) -> list[Crossing]:
        """By time."""
        return sorted(self._crossings, key=lambda crossing: (crossing.at_ms, crossing.person, crossing.line))

    def movements(self) -> list[Movement]:
        """By person; none without a floor plan."""
        return sorted(self._movements, key=lambda movement: movement.person)

    def approaches(self) -> list[Approach]:
        """The closest first; none without a floor plan."""
        return closest_approaches(self._tracks)

    def occupancy(self, zones: list[str]) -> list[Occupancy]:
        """Zone by zone, the number of people at time 0 and after each change."""
        changes: dict[str, Counter[int]] = defaultdict(Counter)
        for visit in self._visits:
            changes[visit.zone][visit.enter_ms] += 1
            changes[visit.zone][visit.leave_ms] -= 1
        found = []
        for zone in zones:
            people = changes[zone][0]
            found.append(Occupancy(zone, 0, people))
            for at_ms, change in sorted(changes[zone].items()):
                if at_ms > 0 and change:
                    people += change
                    found.append(Occupancy(zone, at_ms, people))
        return found

    def flow(self) -> list[Flow]:
        """Each step from one zone to the next that anyone took, the most frequent first."""
        return [Flow(*pair, count) for pair, count in _by_count(self._flow)]

    def routes(self) -> list[tuple[Route, int]]:
        """The zones of each person in their order, with how many went so, the most frequent first."""
        return _by_count(self._routes)


def _by_count(counter: Counter[_Names]) -> list[tuple[_Names, int]]:
    return sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
