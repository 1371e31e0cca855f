"""Counts and dwell from given paths: crossings of fourteen lines, dwell in sixteen zones of the picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bench.tracking.material import Material
from bench.tracking.mot import Rows
from pipeline.answers.person import Frame, Questions
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers


@dataclass(frozen=True)
class Counted:
    """Crossings by line and direction, and dwell in seconds by zone."""

    crossings: Counter[tuple[str, str]]
    dwell: Counter[str]

    def errors(self, truth: Counted) -> tuple[float, float]:
        """Sum of the differences of all counts, and of all dwells, in percent of the truth's."""
        lines = self.crossings.keys() | truth.crossings.keys()
        counts = sum(abs(self.crossings[line] - truth.crossings[line]) for line in lines)
        zones = self.dwell.keys() | truth.dwell.keys()
        dwell = sum(abs(self.dwell[zone] - truth.dwell[zone]) for zone in zones)
        return (
            100 * counts / max(1, truth.crossings.total()),
            100 * dwell / max(1e-9, sum(truth.dwell.values())),
        )


def scene() -> Scene:
    """Lines at each tenth of the width and from 0.3 to 0.7 of the height; zones of a quarter by a quarter."""
    lines = [(f"x{k}", [[k / 10, 0], [k / 10, 1]]) for k in range(1, 10)]
    lines += [(f"y{k}", [[0, k / 10], [1, k / 10]]) for k in range(3, 8)]
    zones = [
        (
            f"{column}-{row}",
            [
                [column / 4, row / 4],
                [(column + 1) / 4, row / 4],
                [(column + 1) / 4, (row + 1) / 4],
                [column / 4, (row + 1) / 4],
            ],
        )
        for column in range(4)
        for row in range(4)
    ]
    return Scene.model_validate(
        {
            "version": 1,
            "name": "grid",
            "lines": [{"name": name, "points": points, "in": "left"} for name, points in lines],
            "zones": [{"name": name, "polygon": points} for name, points in zones],
        }
    )


def counted(rows: Rows, found: Material) -> Counted:
    """The product's answers from paths."""
    millis = [round(1000 * second) for second in found.seconds.tolist()]
    questions = Questions(scene(), Frame(found.sequence.aspect, millis[-1]))
    answers = VideoAnswers()
    for number, identity in enumerate(sorted(set(rows.ids.tolist()))):
        mine = rows.ids == identity
        times = [millis[frame] for frame in rows.frames[mine].tolist() if frame < len(millis)]
        boxes = [tuple(box) for box in rows.boxes[mine].tolist()]
        answers.add(questions.answers_of(number, list(zip(times, boxes, strict=False))))
    dwell: Counter[str] = Counter()
    for visit in answers.visits():
        dwell[visit.zone] += visit.dwell_ms / 1000  # type: ignore[assignment]
    return Counted(Counter((each.line, each.direction) for each in answers.crossings()), dwell)
