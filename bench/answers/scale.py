"""Time and memory of answering a long, crowded video: ``python -m bench.answers.scale``.

Thirty people at a time are in the picture for six hours, walking and standing; the records are read from the
compressed file, as the pipeline reads them, and answered for a scene of twenty zones and four lines. In a
process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.answering.detections import persons_in
from pipeline.answers.output.summary import summary_of
from pipeline.answers.person import Frame, Questions
from pipeline.answers.scenes.scene import Scene
from pipeline.answers.video import VideoAnswers
from tools.arguments import Parser

_PEOPLE, _HOURS, _HZ = 30, 6.0, 15
_MOST_SECONDS, _MOST_MEGABYTES = 60, 512


def scene() -> Scene:
    """Twenty zones that fill the picture, and four lines across it."""
    zones = [
        {
            "name": f"{column}-{row}",
            "polygon": [[x, y] for x, y in _cell(column / 5, row / 4, (column + 1) / 5, (row + 1) / 4)],
        }
        for column in range(5)
        for row in range(4)
    ]
    lines = [{"name": f"x{k}", "points": [[k / 5, 0], [k / 5, 1]], "in": "left"} for k in range(1, 5)]
    return Scene.model_validate({"version": 1, "name": "grid", "zones": zones, "lines": lines})


def _cell(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def write_records(path: Path, people: int, hours: float) -> int:
    """Write `detections.jsonl.gz` of people who walk and stand by turns; returns how many records."""
    count = int(hours * 3600 * _HZ)
    with gzip.open(path, "wt", compresslevel=1) as file:
        for person in range(people):
            place = person * 0.7
            for number in range(count):
                # Half of each minute on the move.
                place += 0.004 if number // (30 * _HZ) % 2 else 0.0
                x, y = 0.5 + 0.45 * math.sin(place), 0.5 + 0.4 * math.sin(1.7 * place + person)
                file.write(
                    f'{{"VideoId":"{0:032x}","Timestamp":{number * 1000 // _HZ},"Person":{{"Index":{person},'
                    f'"BoundingBox":{{"Width":0.05,"Height":0.2,"Left":{x - 0.025},"Top":{y - 0.2}}}}}}}\n'
                )
    return people * count


def measure(path: Path) -> dict[str, float]:
    """Answer the records of a file in this process."""
    begun = time.process_time()
    asked, answers = scene(), VideoAnswers()
    questions = Questions(asked, Frame(16 / 9, int(_HOURS * 3_600_000)))
    with path.open("rb") as file:
        for person, records in persons_in(file):
            answers.add(questions.answers_of(person, records))
    summary_of(answers, asked)
    return {
        "seconds": time.process_time() - begun,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "visits": len(answers.visits()),
        "crossings": len(answers.crossings()),
    }


def main() -> int:
    """Print the figures; 0 when both goals are met."""
    parser = Parser(prog="python -m bench.answers.scale", description=__doc__)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--people", type=int, default=_PEOPLE)
    parser.add_argument("--hours", type=float, default=_HOURS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-answers-") as folder:
        path = Path(folder) / "detections.jsonl.gz"
        records = write_records(path, options.people, options.hours)
        command = [sys.executable, "-m", "bench.answers.scale", "--one", str(path)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    met = found["seconds"] <= _MOST_SECONDS and found["megabytes"] <= _MOST_MEGABYTES
    print(
        f"{'met   ' if met else 'MISSED'}  {options.hours:g} h with {options.people} people, 20 zones, "
        f"{records:,} records: {found['seconds']:.0f} s of one core (≤ {_MOST_SECONDS}), "
        f"{found['megabytes']:.0f} MB (≤ {_MOST_MEGABYTES}); "
        f"{found['visits']} visits, {found['crossings']} crossings"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
