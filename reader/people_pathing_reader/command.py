"""The command line: one query, printed as a table or as JSON lines."""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from .errors import QueryError
from .model import Person, Region, Video
from .reader import LAST_MS, STATUSES, Reader

Row = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a query."""
    parser.add_argument("--video", help="video id, key or file name; without it, videos are listed")
    parser.add_argument("--person", type=person, metavar="INDEX", help="the path of this person")
    parser.add_argument(
        "--from", dest="start", type=milliseconds, metavar="TIME", help="seconds, m:ss or h:mm:ss"
    )
    parser.add_argument(
        "--to", dest="end", type=milliseconds, metavar="TIME", help="people present until then"
    )
    parser.add_argument(
        "--region",
        type=region,
        metavar="LEFT,TOP,WIDTH,HEIGHT",
        help="people who crossed it; ratios of the frame",
    )
    parser.add_argument("--status", choices=STATUSES, help="only videos with this status")
    parser.add_argument("--day", type=day, help="only videos of this UTC day (2026-11-20) or month (2026-11)")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of a table")


def answer(reader: Reader, arguments: argparse.Namespace) -> None:
    """Print the answer on standard output. Raises QueryError."""
    _check(arguments)
    rows = _rows(reader, arguments)
    if arguments.json:
        for row in rows:
            print(json.dumps(row))
    else:
        _print_table(rows)


def milliseconds(text: str) -> int:
    """``75``, ``1:15`` or ``0:01:15.5`` as milliseconds."""
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text}: not a time; give seconds, m:ss or h:mm:ss")
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return round(total * 1000)


def person(text: str) -> int:
    """``12`` as an index."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text}: not a person; give an index, as --video lists them")
    return int(text)


def day(text: str) -> str:
    """``2026-11-20``, ``2026-11`` or ``2026``, as it is."""
    try:
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
            raise ValueError
        datetime.date.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: not a day or month; give 2026-11-20 or 2026-11") from None
    return text


def region(text: str) -> Region:
    """``0.4,0.5,0.2,0.5`` as a region."""
    try:
        left, top, width, height = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text}: give left,top,width,height as ratios of the frame"
        ) from None
    if not all(-1 <= number <= 2 for number in (left, top, width, height)):
        raise argparse.ArgumentTypeError(
            f"{text}: a region is given in ratios of the frame, not in percent or pixels: "
            "its lower right quarter is 0.5,0.5,0.5,0.5"
        )
    if width <= 0 or height <= 0:
        raise argparse.ArgumentTypeError(f"{text}: the width and height of a region must be above 0")
    if left >= 1 or top >= 1 or left + width <= 0 or top + height <= 0:
        raise argparse.ArgumentTypeError(f"{text}: this region lies outside the frame, which is 0,0,1,1")
    return Region(left, top, width, height)


def _check(arguments: argparse.Namespace) -> None:
    """Raises QueryError for options that say nothing together."""
    of_videos = [f"--{name}" for name in ("status", "day") if getattr(arguments, name) is not None]
    inner = {"--person": "person", "--region": "region", "--from": "start", "--to": "end"}
    of_one = [option for option, name in inner.items() if getattr(arguments, name) is not None]
    if arguments.video is None and of_one:
        raise QueryError(f"{of_one[0]} is about one video: give --video too")
    if arguments.video is not None and of_videos:
        raise QueryError(f"{of_videos[0]} is about the list of videos: leave it or --video out")
    if arguments.person is not None and arguments.region is not None:
        raise QueryError("give --person or --region, not both: a region is asked of everyone")
    start, end = arguments.start, arguments.end
    if start is not None and end is not None and end < start:
        raise QueryError(f"--to ({end / 1000:g} s) is before --from ({start / 1000:g} s)")


def _rows(reader: Reader, arguments: argparse.Namespace) -> Iterable[Row]:
    if arguments.video is None:
        statuses = [arguments.status] if arguments.status else STATUSES
        return (_video_row(video) for status in statuses for video in reader.videos(status, arguments.day))
    video = _find(reader, arguments.video)
    start = arguments.start if arguments.start is not None else 0
    end = arguments.end if arguments.end is not None else LAST_MS
    if arguments.person is not None:
        _check_person(reader, video, arguments.person)
        return (point._asdict() for point in reader.path(video.id, arguments.person, start, end))
    if arguments.region is not None:
        found = reader.crossing(video.id, arguments.region, start, end)
        return ({"index": one.index, "times": [list(time) for time in one.times]} for one in found)
    if arguments.start is not None or arguments.end is not None:
        return map(asdict, reader.present(video.id, start, end))
    return map(_person_row, reader.people(video.id))


def _person_row(person: Person) -> Row:
    row: Row = {
        "index": person.index,
        "first_ms": person.first_ms,
        "last_ms": person.last_ms,
        "seconds_seen": person.seconds_seen,
        "records": person.records,
        "faces": person.faces,
    }
    if person.link_confidence is not None:
        row["link_confidence"] = person.link_confidence
    if person.weakest_link_ms is not None:
        row["weakest_link_ms"] = person.weakest_link_ms
    return row


def _video_row(video: Video) -> Row:
    row = {
        "id": video.id,
        "status": video.status,
        "updated_at": video.updated_at,
        "people": video.people,
        "key": video.key,
    }
    return row | ({"reason": video.reason} if video.reason else {})


def _check_person(reader: Reader, video: Video, index: int) -> None:
    """Raises QueryError."""
    known = [one.index for one in reader.people(video.id)]
    if index not in known:
        there = f"it has {known[0]} to {known[-1]}" if known else "it has none"
        raise QueryError(f"{video.key} has no person {index}; {there}")


def _find(reader: Reader, name: str) -> Video:
    """By id, key or file name; of several uploads the latest that succeeded, else the latest."""
    if re.fullmatch(r"[0-9a-f]{32}", name):
        video = reader.video(name)
        if video:
            return video
    for status in STATUSES:
        for video in reader.videos(status, newest_first=True):
            if name in (video.key, video.key.rsplit("/", 1)[-1]):
                return video
    raise QueryError(f"{name}: no such video in the table")


def _print_table(rows: Iterable[Row]) -> None:
    shown = [{name: _text(value) for name, value in row.items()} for row in rows]
    if not shown:
        print("nothing", file=sys.stderr)
        return
    names = list(dict.fromkeys(name for row in shown for name in row))
    widths = [max(len(name), *(len(row.get(name, "")) for row in shown)) for name in names]
    _print_line(names, widths)
    for row in shown:
        _print_line([row.get(name, "") for name in names], widths)


def _print_line(cells: Sequence[str], widths: Sequence[int]) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{begin}–{end}" for begin, end in value)
    # A key may hold anything, a terminal's commands among it.
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in str(value))
