"""`make answers`: what a scene asks of one GetPersonTracking document, as CSV files; no AWS."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.answers.approaches import NEAR_METRES
from pipeline.answers.output.csv_files import CSV_FILES, CsvFile
from pipeline.answers.person import Frame, Questions
from pipeline.answers.scenes.scene import Scene, parse_scene
from pipeline.answers.video import VideoAnswers
from pipeline.errors import SceneError
from shared.quantities import count, duration
from tools.arguments import Parser
from tools.errors import ToolError, command
from tools.inert import inert
from tools.messages import documents, files
from tools.messages import scenes as messages
from tools.track_document import TrackDocument, read_document

_MOST_ROUTES = 5
"""Routes that the summary names."""


def answers_of(document: TrackDocument, scene: Scene, frame: Frame) -> VideoAnswers:
    """The answers about everyone in a document."""
    questions = Questions(scene, frame)
    answers = VideoAnswers()
    for person, records in sorted(document.persons.items()):
        answers.add(questions.answers_of(person, records))
    return answers


def frame_of(metadata: dict[str, Any], name: str) -> Frame:
    """The picture that VideoMetadata describes. Raises ToolError."""
    width, height = (metadata.get(member) for member in ("FrameWidth", "FrameHeight"))
    if not all(type(size) is int and size > 0 for size in (width, height)):
        raise ToolError(documents.no_frame_size(inert(name)))
    duration = metadata.get("DurationMillis")
    return Frame(width / height, duration if type(duration) is int else None)  # type: ignore[operator]


def read_scene(path: Path) -> Scene:
    """The scene in a file. Raises ToolError, after a line on standard error for each of several faults."""
    name = inert(str(path))
    try:
        return parse_scene(path.read_bytes())
    except FileNotFoundError as error:
        raise ToolError(files.missing(name)) from error
    except UnicodeDecodeError as error:
        raise ToolError(files.not_utf8(name)) from error
    except SceneError as error:
        if len(error.faults) == 1:
            raise ToolError(messages.one_fault(name, error.faults[0])) from error
        for fault in error.faults:
            print(f"fault: {inert(fault)}", file=sys.stderr)
        raise ToolError(messages.faults(name, len(error.faults))) from error


def write_tables(folder: Path, answers: VideoAnswers, scene: Scene) -> None:
    """Write the tables into the folder, each whole or not at all. Raises ToolError.

    A file of the same name that has other columns was not written by this command: nothing is written then.
    """
    if folder.exists() and not folder.is_dir():
        raise ToolError(files.is_a_file(inert(str(folder))))
    for table in CSV_FILES:
        _check_own(folder / table.name, table)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".answers-") as unfinished:
        wanted = [table for table in CSV_FILES if scene.floor or not table.needs_floor]
        for table in wanted:
            Path(unfinished, table.name).write_text(table.text(answers, scene), encoding="utf-8")
        for table in CSV_FILES:
            if table in wanted:
                os.replace(Path(unfinished, table.name), folder / table.name)
            else:
                # Of a scene that had a floor plan: it would be mixed with other answers.
                (folder / table.name).unlink(missing_ok=True)


def _check_own(path: Path, table: CsvFile) -> None:
    if not path.exists():
        return
    with path.open("rb") as file:
        first = file.readline(len(table.header) + 2).rstrip(b"\r\n")
    if first != table.header.encode():
        raise ToolError(files.not_ours(inert(str(path))))


def summary(answers: VideoAnswers, scene: Scene) -> Iterator[str]:
    """A short account for the terminal."""
    visits, crossings = answers.visits(), answers.crossings()
    yield count(answers.people, "path", "paths")
    for zone in scene.zones:
        dwells = [visit.dwell_ms for visit in visits if visit.zone == zone.name]
        people = len({visit.person for visit in visits if visit.zone == zone.name})
        visited = f"{count(len(dwells), 'visit', 'visits')} of {count(people, 'path', 'paths')}"
        times = f", dwell {duration(median(dwells))} median, {duration(sum(dwells))} total" if dwells else ""
        yield f"zone {zone.name}: {visited}{times}"
    for line in scene.lines:
        ways = [crossing.direction for crossing in crossings if crossing.line == line.name]
        yield f"line {line.name}: {ways.count('in')} in, {ways.count('out')} out"
    routes = [(route, taken) for route, taken in answers.routes() if len(route) > 1]
    for route, taken in routes[:_MOST_ROUTES]:
        yield f"route {' > '.join(route)}: {taken}"
    plan = scene.floor_plan()
    if plan is not None:
        left_out = (
            f", left out: {', '.join(str(number + 1) for number in plan.left_out)}" if plan.left_out else ""
        )
        yield f"floor plan: error {plan.rms_metres:.2f} m, at most {plan.worst_metres:.2f} m{left_out}"
        metres = sum(movement.metres for movement in answers.movements())
        pairs = count(len(answers.approaches()), "pair", "pairs")
        yield f"walked: {metres:.0f} m together, {pairs} came within {NEAR_METRES:g} m"


def answer_document(tracks: Path, scene_file: Path, out: Path) -> None:
    """Write the tables of one document, and print a short account. Raises ToolError."""
    scene = read_scene(scene_file)
    if not (scene.zones or scene.lines or scene.floor):
        raise ToolError(messages.asks_nothing(inert(str(scene_file))))
    document = read_document(tracks)
    frame = frame_of(document.metadata, str(tracks))
    answers = answers_of(document, scene, frame)
    write_tables(out, answers, scene)
    for line in summary(answers, scene):
        print(inert(line))
    if document.unfinished:
        print(f"note: {inert(str(tracks))} ends with a NextToken: its job has more pages.")


def main() -> None:
    arguments = _arguments()
    answer_document(arguments.tracks, arguments.scene, arguments.out)


def _arguments() -> argparse.Namespace:
    parser = Parser(prog="python -m tools.commands.answers", description=__doc__)
    parser.add_argument("tracks", type=Path, help="a GetPersonTracking document, as make track writes it")
    parser.add_argument("scene", type=Path, help="a scene; see docs/scenes.md")
    parser.add_argument("out", type=Path, help="the folder for the CSV files")
    return parser.parse_args()


if __name__ == "__main__":
    command(main)
