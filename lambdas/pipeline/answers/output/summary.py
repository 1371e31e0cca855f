"""A video's answers in short: what META and the event say of them."""

from __future__ import annotations

from statistics import median
from typing import Any

from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers


def summary_of(answers: VideoAnswers, scene: Scene) -> dict[str, Any]:
    """`{"Zones": [...], "Lines": [...]}`, in the scene's order; paths, not people."""
    visits, crossings = answers.visits(), answers.crossings()
    most: dict[str, tuple[int, int]] = {}
    for step in answers.occupancy([zone.name for zone in scene.zones]):
        most[step.zone] = max(most.get(step.zone, (0, 0)), (step.people, -step.at_ms))
    zones = []
    for zone in scene.zones:
        here = [visit for visit in visits if visit.zone == zone.name]
        dwells = [visit.dwell_ms for visit in here]
        people, at = most[zone.name]
        zones.append(
            {
                "Name": zone.name,
                "Paths": len({visit.person for visit in here}),
                "Visits": len(here),
                "DwellMillis": sum(dwells),
                "MedianDwellMillis": round(median(dwells)) if dwells else 0,
                "LongestDwellMillis": max(dwells, default=0),
                "MostPeople": people,
                "MostPeopleMillis": -at,
            }
        )
    lines = []
    for line in scene.lines:
        ways = [crossing.direction for crossing in crossings if crossing.line == line.name]
        lines.append({"Name": line.name, "In": ways.count("in"), "Out": ways.count("out")})
    return {"Zones": zones, "Lines": lines}
