"""Draw the people of a video into it: boxes, indexes and trails. No AWS.

python -m tools.commands.annotate VIDEO OUT.mp4 [--tracks tracks.json]
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from engine.analysis.segment import Analyst
from engine.runtime.environment import DEFAULT_ANALYSIS_HZ, DETECTORS
from engine.video.containers.container import MAX_SIDE
from engine.video.errors import VideoError
from engine.video.frames.segment_frames import read_frames
from engine.video.metadata import VideoMetadata, read_metadata
from infra.models import prepared
from pipeline.path.time_in_view import SHORTEST_GAP_MILLIS, gap_millis
from shared.quantities import count
from tools.arguments import Parser
from tools.commands.track import track
from tools.drawing import Picture, color_of, draw_box, draw_trail, thickness_of
from tools.errors import ToolError, command
from tools.messages import arguments as argument_messages
from tools.messages import documents, videos
from tools.progress import Progress
from tools.whole_file import check_place, whole_file

_TRAIL_MS = 3_000
_TRAIL_POINTS = 30
_EVERY_FRAME_HZ = 1_000.0
_CLOCK = 90_000


@dataclass(frozen=True)
class Person:
    """Where one person was.

    Attributes:
        index: Rekognition's Index.
        times: ms (n,), rising.
        boxes: left, top, width, height as ratios (n, 4).
        gap: between times farther apart than this, in ms, the person was away.
    """

    index: int
    times: NDArray[np.int64]
    boxes: NDArray[np.float64]
    gap: int = SHORTEST_GAP_MILLIS

    def box_at(self, ms: float) -> NDArray[np.float64] | None:
        """The box at a time, between two known ones where need be; None while away."""
        after = int(np.searchsorted(self.times, ms))
        if after < len(self.times) and self.times[after] == ms:
            exact: NDArray[np.float64] = self.boxes[after]
            return exact
        if after == 0 or after == len(self.times):
            return None
        begin, end = int(self.times[after - 1]), int(self.times[after])
        if end - begin > self.gap:
            return None
        part = (ms - begin) / (end - begin)
        between: NDArray[np.float64] = self.boxes[after - 1] * (1 - part) + self.boxes[after] * part
        return between

    def trail(self, ms: float) -> list[tuple[float, float]]:
        """The feet over the last seconds up to a time, as x and y."""
        boxes: list[NDArray[np.float64]] = []
        for at in np.linspace(ms - _TRAIL_MS, ms, _TRAIL_POINTS):
            box = self.box_at(float(at))
            if box is None:
                boxes.clear()  # only what leads up to now without a break
            else:
                boxes.append(box)
        return [(float(box[0] + box[2] / 2), float(box[1] + box[3])) for box in boxes]


def annotate(
    file: BinaryIO, out: Path, people: list[Person], metadata: VideoMetadata, show: Callable[[str], None]
) -> None:
    """Write an H.264 MP4 of the video with its people drawn in; no sound.

    Args:
        file: the video, seekable.
        out: appears whole or not at all.
        show: given a line of progress now and then.
    """
    width, height = _drawn_size(metadata)
    with whole_file(out) as unfinished, av.open(str(unfinished), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=metadata.rate.limit_denominator(65_535))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _CLOCK)
        stream.options = {"crf": "23", "preset": "veryfast"}
        for frame in read_frames(file, 0, metadata.duration_millis + 60_000, _EVERY_FRAME_HZ):
            show(f"Drawing: {min(100, 100 * frame.timestamp_ms // max(1, metadata.duration_millis))} %")
            picture = frame.resized(width, height)
            draw_people(picture, people, frame.timestamp_ms)
            drawn = VideoFrame.from_ndarray(picture, format="rgb24")
            drawn.pts, drawn.time_base = frame.timestamp_ms * _CLOCK // 1000, Fraction(1, _CLOCK)
            container.mux(stream.encode(drawn))
        container.mux(stream.encode(None))


def _drawn_size(metadata: VideoMetadata) -> tuple[int, int]:
    """Width and height of the video as shown, even, and within what H.264 and its players take."""
    width, height = metadata.shown_size
    scale = min(1.0, MAX_SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def draw_people(picture: Picture, people: list[Person], ms: int) -> None:
    """Draw the people of a time into a picture."""
    thickness = thickness_of(picture)
    there = [(person, box) for person in people if (box := person.box_at(ms)) is not None]
    for person, _ in there:
        draw_trail(picture, person.trail(ms), color_of(person.index), thickness)
    for person, box in there:
        left, top, width, height = box.tolist()
        draw_box(picture, (left, top, width, height), color_of(person.index), str(person.index), thickness)


def people_in(path: Path) -> list[Person]:
    """The people of a GetPersonTracking response, such as `make track` writes. Raises ToolError."""
    found: dict[int, dict[int, tuple[float, float, float, float]]] = {}
    try:
        for record in json.loads(path.read_text())["Persons"]:
            box = record["Person"].get("BoundingBox")
            if box:
                boxes = found.setdefault(record["Person"]["Index"], {})
                boxes[record["Timestamp"]] = (box["Left"], box["Top"], box["Width"], box["Height"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolError(documents.not_of_track(path, type(error).__name__, str(error))) from error
    return [
        Person(index, np.array(sorted(boxes)), np.array([boxes[ms] for ms in sorted(boxes)]))
        for index, boxes in sorted(found.items())
    ]


def _tracked(file: BinaryIO, arguments: argparse.Namespace, progress: Progress) -> list[Person]:
    analyst = Analyst.load(
        arguments.detector,
        faces=False,
        hz=DEFAULT_ANALYSIS_HZ,
        models=prepared(),
        cores=os.cpu_count() or 1,
    )
    return [
        Person(each.index, each.timestamps_ms, each.boxes.astype(np.float64))
        for each in track(file, analyst, progress.show).tracks
    ]


def main() -> None:
    parser = Parser(prog="tools.commands.annotate", description="Draw a video's people into it.")
    parser.add_argument("video", type=Path, help="an MP4, MOV or AVI file")
    parser.add_argument("out", type=Path, help="the MP4 to write")
    parser.add_argument("--tracks", type=Path, help="what `make track` wrote, instead of tracking again")
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    arguments = parser.parse_args()
    if arguments.out.exists() and arguments.out.samefile(arguments.video):
        raise ToolError(argument_messages.OVER_ITSELF)
    check_place(arguments.out)
    progress = Progress()
    try:
        with open(arguments.video, "rb") as file:
            metadata = read_metadata(file)
            given = arguments.tracks
            people = people_in(given) if given else _tracked(file, arguments, progress)
            gap = gap_millis(float(metadata.rate))
            people = [replace(person, gap=gap) for person in people]
            annotate(file, arguments.out, people, metadata, progress.show)
    except VideoError as error:
        raise ToolError(videos.failed(str(arguments.video), str(error))) from error
    finally:
        progress.close()
    progress.done(f"{arguments.out}: {count(len(people), 'person', 'people')} drawn")


if __name__ == "__main__":
    command(main)
