"""Analysis of one segment of a video: the people of every analysed frame, their faces, the camera's motion.

Decoding and analysis overlap: this thread decodes, scales and estimates the camera's motion, while as many
workers as there are cores each analyse a frame of their own, with one thread to a model. So no core waits,
and the results depend on neither the number of cores nor the order in which workers finish. Few frames are in
flight at a time. Where nothing moves, the results of the frame before are reused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.analysis import appearance, face_rows
from engine.analysis.detections import SegmentDetections
from engine.detector import Detections, Detector, load_detector
from engine.faces import Face, FaceFinder, load_face_finder
from engine.runtime.cores import usable_cores
from engine.video.frames import camera_motion, stillness
from engine.video.frames.decode_count import DecodeCounter, DecodeCounts
from engine.video.frames.segment_frames import Frame, read_frames
from engine.video.segments import Segment

Motion = npt.NDArray[np.float32]

_HIGH_CONFIDENCE = 0.3
"""Faces are detected only for people of at least this probability: the others are rarely worth the time."""


_WAITING_BYTES = 128 * 1024**2
"""Memory of decoded frames that wait for the models."""


@dataclass(frozen=True)
class Analyst:
    """The models, each to be run on one thread, and the analysis rate (Hz).

    `faces` is None where faces are switched off. `workers`: frames analysed at a time.
    """

    detector: Detector
    faces: FaceFinder | None
    hz: float
    workers: int = 1

    @classmethod
    def load(
        cls, detector: str, *, faces: bool, hz: float, models: Path, cores: int | None = None
    ) -> Analyst:
        """Loads the models from the folder `models`. `cores`: to be kept busy; all there are when None.

        Raises FileNotFoundError, and ValueError for an unknown detector.
        """
        return cls(
            detector=load_detector(detector, 1, models),
            faces=load_face_finder(1, models) if faces else None,
            hz=hz,
            workers=cores or usable_cores(),
        )

    def analyse(self, file: BinaryIO, segment: Segment) -> SegmentDetections:
        """The segment's detections; the same wherever else the video is cut.

        `file`: the video, seekable, left open. Raises VideoError.
        """
        gathered, counter = _Gathered(), DecodeCounter(segment.start_ms, segment.end_ms)
        in_flight: deque[tuple[int, Motion, Future[_Findings]]] = deque()
        with ThreadPoolExecutor(self.workers, thread_name_prefix="analyse") as workers:
            for time_ms, motion, view in self._views(file, segment, counter):
                in_flight.append((time_ms, motion, view.findings(workers, self._analyse_frame)))
                if len(in_flight) > self.waiting(view.frame_bytes):
                    gathered.add(*_oldest(in_flight))
            while in_flight:
                gathered.add(*_oldest(in_flight))
        return gathered.detections(counter.counts)

    def waiting(self, frame_bytes: int) -> int:
        """How many frames may wait for their turn: enough to keep every worker busy, few of large frames."""
        return min(2 * self.workers, _WAITING_BYTES // frame_bytes)

    def _analyse_frame(self, frame: Frame, image: npt.NDArray[np.uint8]) -> _Findings:
        detected = self.detector.detect(image)
        descriptors = appearance.describe(image, detected.boxes)
        return _Findings(detected, descriptors, self._faces(frame, detected))

    def _faces(self, frame: Frame, detected: Detections) -> list[Face | None]:
        """Of the high-confidence detections, which come first."""
        if self.faces is None:
            return []
        confident = int(np.count_nonzero(detected.scores >= _HIGH_CONFIDENCE))
        return self.faces.find(frame, detected.boxes[:confident]) if confident else []

    def _views(
        self, file: BinaryIO, segment: Segment, counter: DecodeCounter
    ) -> Iterator[tuple[int, Motion, _View]]:
        """Time in ms of each analysed frame, the camera's motion since the last, and the view to analyse.

        Where nothing moved, that is the view before.
        """
        previous: npt.NDArray[np.float32] | None = None
        view: _View | None = None
        begin = stillness.slot_start(segment.start_ms)
        frames = read_frames(
            file,
            begin,
            segment.end_ms,
            self.hz,
            threads=self.workers,
            with_previous=True,
            counter=counter,
        )
        for frame in frames:
            time_ms = frame.timestamp_ms
            image = frame.resized(*self.detector.input_size(*frame.size))
            grey = camera_motion.small_grey(image)
            if time_ms >= begin:
                still = view is not None and view.serves(time_ms, grey)
                if view is None or not still:
                    view = _View(frame, image, grey)
                if time_ms >= segment.start_ms:
                    motion = camera_motion.identity()
                    if previous is not None and not still:
                        motion = camera_motion.estimate(previous, grey)
                    yield time_ms, motion, view
            previous = grey


class _View:
    """A frame to be analysed once, and only when its findings are asked for."""

    def __init__(self, frame: Frame, image: npt.NDArray[np.uint8], grey: npt.NDArray[np.float32]) -> None:
        self._slot = stillness.slot_start(frame.timestamp_ms)
        self._grey = grey
        self._pending: tuple[Frame, npt.NDArray[np.uint8]] | None = frame, image
        self._findings: Future[_Findings] | None = None
        self.frame_bytes = frame.stored_bytes

    def serves(self, time_ms: int, grey: npt.NDArray[np.float32]) -> bool:
        """Whether a frame at `time_ms` whose small grey picture is `grey` shows the same as this one."""
        return stillness.slot_start(time_ms) == self._slot and stillness.looks_the_same(self._grey, grey)

    def findings(
        self, workers: Executor, analyse: Callable[[Frame, npt.NDArray[np.uint8]], _Findings]
    ) -> Future[_Findings]:
        if self._findings is None:
            assert self._pending is not None
            self._findings = workers.submit(analyse, *self._pending)
            self._pending = None  # frees the frame's memory when the worker is done
        return self._findings


@dataclass(frozen=True)
class _Findings:
    """The people in one frame, their appearance, and the faces of the first ones."""

    detected: Detections
    descriptors: npt.NDArray[np.uint8]
    faces: Sequence[Face | None]


def _oldest(in_flight: deque[tuple[int, Motion, Future[_Findings]]]) -> tuple[int, Motion, _Findings]:
    """The frame longest in flight, once it is analysed."""
    time_ms, motion, findings = in_flight.popleft()
    return time_ms, motion, findings.result()


class _Gathered:
    """The findings of all frames, in order."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._camera: list[npt.NDArray[np.float32]] = []
        self._frame_of: list[int] = []
        self._boxes: list[npt.NDArray[np.float32]] = []
        self._scores: list[npt.NDArray[np.float32]] = []
        self._descriptors: list[npt.NDArray[np.uint8]] = []
        self._face_of: list[int] = []
        self._faces: list[npt.NDArray[np.float32]] = []

    def add(self, time_ms: int, motion: Motion, findings: _Findings) -> None:
        first_row = len(self._frame_of)
        self._frame_of += [len(self._times)] * len(findings.detected)
        self._times.append(time_ms)
        self._camera.append(motion)
        self._boxes.append(findings.detected.boxes)
        self._scores.append(findings.detected.scores)
        self._descriptors.append(findings.descriptors)
        for row, face in enumerate(findings.faces, first_row):
            if face is not None:
                self._face_of.append(row)
                self._faces.append(face_rows.pack(face))

    def detections(self, decode_counts: DecodeCounts) -> SegmentDetections:
        if not self._times:
            return SegmentDetections.of([], [], [], [], decode_counts=decode_counts)
        return SegmentDetections.of(
            self._times,
            self._frame_of,
            np.concatenate(self._boxes),
            np.concatenate(self._scores),
            camera=np.stack(self._camera),
            appearance=np.concatenate(self._descriptors),
            face_of=self._face_of,
            faces=self._faces,
            decode_counts=decode_counts,
        )
