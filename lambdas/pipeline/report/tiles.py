"""The figures at the head of the report."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.path.person_path import PersonPath
from pipeline.report.video_facts import VideoFacts
from shared.quantities import clock, duration


def tiles(video: VideoFacts, people: Sequence[PersonPath]) -> dict[str, str]:
    """The texts of the figures, by their names in the template."""
    most, when = _most_at_once(people)
    return {
        "people_number": str(len(people)),
        "most": str(most),
        "most_when": f"at {clock(when)}" if most else "nobody in view",
        "median": _median_seen(people),
        "length": duration(video.duration_ms),
        "frame": f"{video.width} × {video.height}"
        + (f", {video.frame_rate:g} fps" if video.frame_rate else ""),
    }


def _most_at_once(people: Sequence[PersonPath]) -> tuple[int, int]:
    """Most people in view at one time, and the first time (ms) that was so."""
    steps = sorted(
        step
        for person in people
        for span in person.spans
        for step in ((span[0][0], 1), (span[-1][0] + 1, -1))
    )
    most = now = when = 0
    for ms, step in steps:
        now += step
        if now > most:
            most, when = now, ms
    return most, when


def _median_seen(people: Sequence[PersonPath]) -> str:
    seconds = sorted(person.seconds_seen for person in people)
    return duration(1000 * seconds[len(seconds) // 2]) if seconds else "–"
