"""Time and processor time of the engine and of the work it cannot do without."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from engine.analysis.detections import SegmentDetections
from engine.analysis.segment import Analyst
from engine.detector.session import ModelSession
from engine.records import SeenFaces, records
from engine.tracker import Settings, Track, link
from engine.video.frames import segment_frames
from engine.video.metadata import read_metadata
from engine.video.segments import plan_segments
from engine.video.timing.sampling import report_timestamps
from infra.models import prepared

SEGMENT_SECONDS = 30
Call = tuple[ModelSession, Any, Any]


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and by the processors' (all cores together)."""

    wall: float
    cpu: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


def analyst(detector: str, cores: int, *, hz: float = 5, faces: bool = True) -> Analyst:
    return Analyst.load(detector, faces=faces, hz=hz, models=prepared(), cores=cores)


def spent(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def least(*tries: Spent) -> Spent:
    """The undisturbed try: the shortest by each clock."""
    return Spent(min(one.wall for one in tries), min(one.cpu for one in tries))


def seconds_of(video: Path) -> float:
    with video.open("rb") as file:
        return read_metadata(file).duration_millis / 1000


def detect(video: Path, looker: Analyst) -> list[SegmentDetections]:
    """What the detect workers do, one segment after the other."""
    with video.open("rb") as file:
        segments = plan_segments(read_metadata(file), SEGMENT_SECONDS)
        return [looker.analyse(file, segment) for segment in segments]


def whole_engine(video: Path, looker: Analyst) -> int:
    """Everything from the file to the records of both orders; how many records a page reader would get."""
    with video.open("rb") as file:
        metadata = read_metadata(file)
    faces = SeenFaces()
    tracks = _linked(faces.gather(detect(video, looker)), metadata.aspect, looker)
    instants = report_timestamps(metadata.rate, metadata.frame_count)
    return sum(1 for order in ("TIMESTAMP", "INDEX") for _ in records(order, tracks, faces, instants))


def linking(video: Path, looker: Analyst) -> Spent:
    """Linking a video's detections and packing its records in both orders, detection left out."""
    with video.open("rb") as file:
        metadata = read_metadata(file)
    found = detect(video, looker)

    def work() -> None:
        faces = SeenFaces()
        tracks = _linked(faces.gather(found), metadata.aspect, looker)
        instants = report_timestamps(metadata.rate, metadata.frame_count)
        for order in ("TIMESTAMP", "INDEX"):
            gzip.compress(b"\n".join(records(order, tracks, faces, instants)), 5)

    return spent(work)


def _linked(segments: Iterable[SegmentDetections], aspect: float, looker: Analyst) -> list[Track]:
    settings = Settings.for_detector(looker.detector.name)
    return link(segments, frame_aspect=aspect, settings=settings)


def starting(detector: str) -> float:
    """Processor seconds from nothing to a worker with its models loaded."""
    program = (
        "import sys, time; import boto3, aws_lambda_powertools; from bench.speed.measure import analyst; "
        "analyst(sys.argv[1], 1); print(time.process_time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, detector], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def decoding(video: Path, hz: float, cores: int) -> None:
    """Decodes what the engine has to decode, and does nothing with it."""
    with video.open("rb") as file:
        for segment in plan_segments(read_metadata(file), SEGMENT_SECONDS):
            reader = segment_frames.read_frames(file, segment.start_ms, segment.end_ms, hz, threads=cores)
            deque(reader, maxlen=0)


def model_calls(video: Path, looker: Analyst) -> list[Call]:
    """Every call of a model that looking at the video takes, with its input."""
    calls: list[Call] = []
    run = ModelSession.run

    def noted(session: ModelSession, outputs: Any, images: Any) -> Any:
        calls.append((session, outputs, images))
        return run(session, outputs, images)

    with patch.object(ModelSession, "run", noted):
        detect(video, looker)
    return calls


def inference(calls: list[Call], cores: int) -> None:
    """The same calls again and nothing else, on all cores."""
    with ThreadPoolExecutor(cores) as workers:
        deque(workers.map(lambda call: call[0].run(call[1], call[2]), calls), maxlen=0)


@contextmanager
def every_frame_decoded() -> Iterator[None]:
    """The engine without its habit of leaving out frames that nothing rests on."""
    with patch.object(segment_frames, "non_reference_test", lambda stream: None):  # noqa: ARG005
        yield
