"""`make track`: the engine alone, without AWS. Writes one JSON document in the shape of GetPersonTracking."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.analysis.detections import SegmentDetections
from engine.analysis.segment import Analyst
from engine.messages import video as messages
from engine.records import ORDERS, SeenFaces, records
from engine.runtime.environment import DEFAULT_ANALYSIS_HZ, DETECTORS
from engine.tracker import Settings, Track, link
from engine.video import instants
from engine.video.errors import VideoError
from engine.video.frames.decode_count import DecodeTotal
from engine.video.metadata import VideoMetadata, read_metadata
from engine.video.segments import Segment, plan_segments
from infra.models import prepared
from shared.quantities import count, duration
from tools.arguments import Parser
from tools.errors import ToolError, command
from tools.progress import Progress
from tools.whole_file import check_place, whole_file

_SEGMENT_SECONDS = 15
"""Short, so that progress moves; the people found do not depend on it."""


@dataclass(frozen=True)
class Tracked:
    """A video's people. `note`: what could not be read, in a line.

    `instants`: the report grid in ms; `pictures`: the Timestamps of the pictures on show then.
    """

    metadata: VideoMetadata
    tracks: list[Track]
    faces: SeenFaces
    instants: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.int64]
    note: str | None


def track(file: BinaryIO, analyst: Analyst, show: Callable[[str], None]) -> Tracked:
    """What the job's steps do, in one process: plan, detect, link.

    `file`: seekable. `show` is given a line of progress now and then. Raises VideoError.
    """
    metadata = read_metadata(file)
    segments = plan_segments(metadata, _SEGMENT_SECONDS)
    faces, decoding = SeenFaces(), DecodeTotal()
    detections = decoding.gather(_detections(file, segments, analyst, show))
    settings = Settings.for_detector(analyst.detector.name)
    tracks = link(faces.gather(detections), frame_aspect=metadata.aspect, settings=settings)
    decoding.counts.check()
    if metadata.constant_rate:
        last_ms = max((int(track.timestamps_ms[-1]) for track in tracks), default=0)
        grid = pictures = instants.of_constant_rate(metadata.rate, last_ms)
    else:
        grid, pictures = np.concatenate([instants.of_segment(file, segment) for segment in segments]).T
    note = messages.joined(metadata.note, decoding.counts.note)
    return Tracked(metadata, tracks, faces, grid, pictures, note)


def document(tracked: Tracked, order: str) -> Iterator[bytes]:
    """The pieces of the JSON document: a GetPersonTracking response with every record on the one page."""
    head: dict[str, object] = {"JobStatus": "SUCCEEDED", "VideoMetadata": tracked.metadata.as_contract()}
    if tracked.note is not None:
        head["StatusMessage"] = tracked.note
    yield json.dumps(head)[:-1].encode() + b', "Persons": ['
    separator = b"\n"
    for record in records(order, tracked.tracks, tracked.faces, tracked.instants, tracked.pictures):
        yield separator + record
        separator = b",\n"
    yield b"\n]}\n"


def _detections(
    file: BinaryIO, segments: list[Segment], analyst: Analyst, show: Callable[[str], None]
) -> Iterator[SegmentDetections]:
    for segment in segments:
        show(f"Detecting people: {100 * segment.index // len(segments)} %")
        yield analyst.analyse(file, segment)
    show("Linking paths")


def main() -> None:
    arguments = _arguments()
    if arguments.out != "-":
        check_place(Path(arguments.out))
    progress = Progress()
    analyst = Analyst.load(
        arguments.detector,
        faces=arguments.faces == "on",
        hz=arguments.analysis_hz,
        models=prepared(progress.show),
        cores=arguments.threads,
    )
    try:
        with open(arguments.video, "rb") as file:
            tracked = track(file, analyst, progress.show)
    except VideoError as error:
        raise ToolError(str(error)) from error
    finally:
        progress.close()
    with _target(arguments.out) as out:
        out.writelines(document(tracked, arguments.sort))
    people = count(len(tracked.tracks), "person", "people")
    progress.done(f"{people} in {duration(tracked.metadata.duration_millis)} of video")


@contextlib.contextmanager
def _target(out: str) -> Iterator[BinaryIO]:
    """Standard output for `-`; else a file that appears whole or not at all."""
    if out == "-":
        yield sys.stdout.buffer
        return
    with whole_file(Path(out)) as unfinished, unfinished.open("wb") as file:
        yield file


def _arguments() -> argparse.Namespace:
    parser = Parser(
        prog="make track",
        description="Track a video with the engine alone, without AWS, to a GetPersonTracking document.",
    )
    parser.add_argument("video", help="an MP4, MOV or AVI file")
    parser.add_argument("out", help="where the JSON document goes; - prints it")
    parser.add_argument("--sort", choices=ORDERS, default=ORDERS[0], type=str.upper)
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    parser.add_argument("--analysis-hz", type=float, default=DEFAULT_ANALYSIS_HZ, metavar="HZ")
    parser.add_argument("--faces", choices=("on", "off"), default="on")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, metavar="N")
    return parser.parse_args()


if __name__ == "__main__":
    command(main)
