"""The figures of a scene over a period, added up from hours, visits and flow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from reader.people_pathing_reader import LineHour, Visit, ZoneHour
from tools.page.days.period import Period

BANDS = (5, 15, 30, 60, 120, 300, 900, 3600)
"""Seconds at which the bands of the distribution of dwell end; the last band has no end."""

Flow = Mapping[tuple[str, str], int]
"""How often a path's next visit after one in the first zone was one in the second."""

ByHour = tuple[int | None, ...]
"""A count for each hour of the period; None where the hour has no video of the place."""


@dataclass(frozen=True)
class Dwell:
    """How long visits lasted.

    Attributes:
        known: visits that are known one by one; those of videos that keep counts only are not.
        median_ms, longest_ms: of those, None where there are none.
        mean_ms: of all visits, None where there are none.
        bands: how many of those known lasted less than each of BANDS and not less than the one before, and
            how many longer.
    """

    known: int
    median_ms: int | None
    longest_ms: int | None
    mean_ms: int | None
    bands: tuple[int, ...]


@dataclass(frozen=True)
class ZoneFigures:
    """A zone over the period.

    Attributes:
        filmed_ms: of the videos in which the zone was counted, together.
        paths_by_hour: paths that were in it; one that stays past the hour counts in both.
        visits: that began in the period.
        paths: that visited it, None where not all visits are known one by one.
    """

    name: str
    filmed_ms: int
    paths_by_hour: ByHour
    visits_by_hour: ByHour
    visits: int
    paths: int | None
    dwell: Dwell


@dataclass(frozen=True)
class LineFigures:
    """A line over the period: how often it was crossed either way."""

    name: str
    filmed_ms: int
    in_by_hour: ByHour
    out_by_hour: ByHour
    went_in: int
    went_out: int


@dataclass(frozen=True)
class Figures:
    """A scene over a period.

    Attributes:
        first, last: days.
        hours: every hour of the period, as answers name them.
        filmed_by_hour: ms of video in each; more than an hour where videos overlap.
        videos: how many have a part in the period.
        flow: from, to, count; the most frequent first.
    """

    first: str
    last: str
    hours: tuple[str, ...]
    filmed_by_hour: tuple[int, ...]
    filmed_ms: int
    videos: int
    zones: tuple[ZoneFigures, ...]
    lines: tuple[LineFigures, ...]
    flow: tuple[tuple[str, str, int], ...]


@dataclass
class Read:
    """What was read of a scene in a period, by the name of the zone or line, in the scene's order.

    Attributes:
        visits: those that began in the period.
        flow: where it is not to follow from the visits.
    """

    zone_hours: dict[str, list[ZoneHour]] = field(default_factory=dict)
    line_hours: dict[str, list[LineHour]] = field(default_factory=dict)
    visits: dict[str, list[Visit]] = field(default_factory=dict)
    flow: Flow | None = None

    def knows_all_visits(self) -> bool:
        """Whether every visit that was counted is known by itself."""
        return all(
            sum(hour.visits for hour in hours) <= len(self.visits.get(zone, ()))
            for zone, hours in self.zone_hours.items()
        )


def figures_of(period: Period, read: Read) -> Figures:
    """The figures of what was read."""
    filmed = _filmed(period, [*read.zone_hours.values(), *read.line_hours.values()])
    by_hour: Counter[str] = Counter()
    for (_, hour), millis in filmed.items():
        by_hour[hour] += millis
    flow = flow_of(read.visits.values()) if read.flow is None else read.flow
    return Figures(
        first=str(period.first),
        last=str(period.last),
        hours=period.hours,
        filmed_by_hour=tuple(by_hour[hour] for hour in period.hours),
        filmed_ms=sum(by_hour[hour] for hour in period.hours),
        videos=len({video for video, _ in filmed}),
        zones=tuple(
            _zone(period, name, hours, read.visits.get(name, [])) for name, hours in read.zone_hours.items()
        ),
        lines=tuple(_line(period, name, hours) for name, hours in read.line_hours.items()),
        flow=tuple(
            (*pair, count) for pair, count in sorted(flow.items(), key=lambda step: (-step[1], step[0]))
        ),
    )


def flow_of(visits: Iterable[Iterable[Visit]]) -> Flow:
    """From each visit of a path to its next one, in order of entry."""
    paths: defaultdict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for of_zone in visits:
        for visit in of_zone:
            paths[visit.video_id, visit.index].append((visit.enter_ms, visit.zone))
    found: Counter[tuple[str, str]] = Counter()
    for stops in paths.values():
        # By time alone: of visits that begin at once, those of the scene's first zones come first.
        stops.sort(key=lambda stop: stop[0])
        found.update(pairwise(zone for _, zone in stops))
    return found


def _filmed(
    period: Period, places: Sequence[Sequence[ZoneHour] | Sequence[LineHour]]
) -> dict[tuple[str, str], int]:
    """Ms of each video in each hour of the period; every place of a video has the same."""
    wanted = set(period.hours)
    found: dict[tuple[str, str], int] = {}
    for place in places:
        for row in place:
            key = row.video_id, period.hour_of(row.hour)
            if key[1] in wanted:
                found[key] = max(found.get(key, 0), row.observed_ms)
    return found


def _zone(period: Period, name: str, hours: Sequence[ZoneHour], visits: Sequence[Visit]) -> ZoneFigures:
    counted = sum(hour.visits for hour in hours)
    dwells = [visit.dwell_ms for visit in visits]
    dwell_ms = sum(hour.dwell_ms for hour in hours)
    return ZoneFigures(
        name=name,
        filmed_ms=sum(hour.observed_ms for hour in hours),
        paths_by_hour=_by_hour(period, ((hour.hour, hour.paths) for hour in hours)),
        visits_by_hour=_by_hour(period, ((hour.hour, hour.visits) for hour in hours)),
        visits=counted,
        paths=len({(visit.video_id, visit.index) for visit in visits}) if counted <= len(visits) else None,
        dwell=Dwell(
            known=len(dwells),
            median_ms=round(median(dwells)) if dwells else None,
            longest_ms=max(dwells, default=None),
            mean_ms=round(dwell_ms / counted) if counted else None,
            bands=_in_bands(dwells),
        ),
    )


def _line(period: Period, name: str, hours: Sequence[LineHour]) -> LineFigures:
    return LineFigures(
        name=name,
        filmed_ms=sum(hour.observed_ms for hour in hours),
        in_by_hour=_by_hour(period, ((hour.hour, hour.went_in) for hour in hours)),
        out_by_hour=_by_hour(period, ((hour.hour, hour.went_out) for hour in hours)),
        went_in=sum(hour.went_in for hour in hours),
        went_out=sum(hour.went_out for hour in hours),
    )


def _by_hour(period: Period, counts: Iterable[tuple[str, int]]) -> ByHour:
    """The counts of all videos added up."""
    found: dict[str, int] = {}
    for hour, count in counts:
        known = period.hour_of(hour)
        found[known] = found.get(known, 0) + count
    return tuple(found.get(hour) for hour in period.hours)


def _in_bands(dwells: Iterable[int]) -> tuple[int, ...]:
    found = [0] * (len(BANDS) + 1)
    for millis in dwells:
        found[sum(millis >= end * 1000 for end in BANDS)] += 1
    return tuple(found)
