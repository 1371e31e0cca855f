"""`make answers`: of one document without AWS (TRACKS, SCENE, OUT), or of the running stack's table (ARGS).

python -m tools.commands.ask [--tracks=DOC --questions=SCENE --out=FOLDER]
python -m tools.commands.ask [--stack NAME] --scene ID --zone NAME [--since TIME] [--until TIME] …
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.answering.stored_scenes import Scenes
from reader.people_pathing_reader import Reader, SchemaError
from reader.people_pathing_reader.answers import clock_time
from tools.arguments import Parser
from tools.commands.answers import answer_document
from tools.errors import ToolError, command
from tools.inert import inert
from tools.messages import arguments as messages
from tools.stored_scenes import stored_scenes
from tools.target import current

_SHOWN_ELSEWHERE = ("scene", "video_id", "enter_ms", "leave_ms")
"""Columns that --json has alone."""


def answers_in(reader: Reader, arguments: argparse.Namespace) -> Iterable[Any]:
    """The rows that are asked for. Raises ToolError."""
    if not arguments.scene or bool(arguments.zone) == bool(arguments.line):
        raise ToolError(messages.ZONE_OR_LINE)
    period = {"since": arguments.since, "until": arguments.until}
    if arguments.longer_than and (arguments.line or arguments.hours):
        raise ToolError(messages.LONGER_THAN_OF_VISITS)
    try:
        if arguments.since and arguments.until and clock_time(arguments.until) <= clock_time(arguments.since):
            raise ToolError(messages.until_before_since(inert(arguments.until), inert(arguments.since)))
        if arguments.zone and arguments.hours:
            return list(reader.occupancy(scene=arguments.scene, zone=arguments.zone, **period))
        if arguments.zone:
            longer = {"longer_than": arguments.longer_than}
            return list(reader.visits(scene=arguments.scene, zone=arguments.zone, **period, **longer))
        if arguments.hours:
            return list(reader.passages(scene=arguments.scene, line=arguments.line, **period))
        return list(reader.crossings(scene=arguments.scene, line=arguments.line, **period))
    except (ValueError, SchemaError) as error:
        raise ToolError(inert(str(error))) from error


def check_place(scenes: Scenes, arguments: argparse.Namespace) -> None:
    """Raises ToolError where no scene of the stack has the zone or line that was asked about.

    For an empty answer only: counts may outlive what they are of.
    """
    known = {stored.id: stored.scene for stored in scenes.usable}
    if arguments.scene not in known:
        raise ToolError(messages.no_scene(inert(arguments.scene), map(inert, known)))
    scene = known[arguments.scene]
    kind, name = ("zone", arguments.zone) if arguments.zone else ("line", arguments.line)
    names = [place.name for place in (scene.zones if arguments.zone else scene.lines)]
    if name not in names:
        raise ToolError(messages.no_place(inert(arguments.scene), kind, inert(name), map(inert, names)))


def print_rows(rows: Iterable[Any], as_json: bool) -> None:
    """Print rows as a table, or as JSON lines with every column."""
    values = [asdict(row) for row in rows]
    if as_json:
        for value in values:
            print(json.dumps(value))
        return
    if not values:
        print("nothing")
        return
    names = [name for name in values[0] if name not in _SHOWN_ELSEWHERE]
    shown = [names, *([inert(str(row[name])) for name in names] for row in values)]
    widths = [max(len(row[place]) for row in shown) for place in range(len(names))]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _arguments() -> argparse.Namespace:
    parser = Parser(
        prog="make answers",
        description='Answers in the table. Options go in ARGS="--scene shop --zone till --since 2026-11-20".',
    )
    for name in ("--tracks", "--questions", "--out"):
        parser.add_argument(name, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stack", help="a stack deployed to AWS; default: the one `make up` left running")
    parser.add_argument("--scene", metavar="ID", help="see make scenes")
    parser.add_argument("--zone", metavar="NAME", help="visits of this zone")
    parser.add_argument("--line", metavar="NAME", help="crossings of this line")
    parser.add_argument("--hours", action="store_true", help="counts an hour instead")
    parser.add_argument(
        "--since", metavar="TIME", help="on the camera's clock: 2026-11-20 or 2026-11-20T10:00"
    )
    parser.add_argument("--until", metavar="TIME")
    parser.add_argument("--longer-than", type=_seconds, default=0, metavar="SECONDS", help="of visits")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of a table")
    return parser.parse_args()


def _seconds(text: str) -> float:
    seconds = float(text) if re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) else -1
    if seconds < 0:
        raise argparse.ArgumentTypeError(messages.not_seconds(text))
    return seconds


def main() -> None:
    arguments = _arguments()
    document = (arguments.tracks, arguments.questions, arguments.out)
    if all(document):
        answer_document(*document)
        return
    asked = arguments.scene or arguments.zone or arguments.line
    if any(document) or not asked:
        raise ToolError(messages.ANSWERS_OF_WHAT)
    target = current(arguments.stack)
    reader = Reader(target.output("TracksTable"), target.client("dynamodb"))
    rows = list(answers_in(reader, arguments))
    if not rows:
        check_place(stored_scenes(target), arguments)
    print_rows(rows, arguments.json)


if __name__ == "__main__":
    command(main)
