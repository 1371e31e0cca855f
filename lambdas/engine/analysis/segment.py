"""One segment of a video looked at: the people of every analysed frame, their faces, how the camera moved.

Decoding and looking overlap: this thread decodes, scales and follows the camera, while as many workers as
there are cores each look at a frame of their own, with one thread to a model. So no core waits, and what is
found depends on neither the number of cores nor the order in which workers finish. Few frames are in flight
at a time. Where nothing moves, what was seen last is taken over.
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
from engine.video import camera_motion, stillness
from engine.video.decoding import DecodeCounter, DecodeCounts
from engine.video.frames import Frame, read_frames
from engine.video.segments import Segment

Motion = npt.NDArray[np.float32]

_SURE = 0.3
"""People less likely than this are not looked in the face."""


_WAITING_BYTES = 128 * 1024**2
"""Memory of decoded frames that wait for the models."""


@dataclass(frozen=True)
class Analyst:
    """The models, each to be run on one thread, and the analysis rate (Hz).

    `faces` is None where faces are switched off. `workers`: frames looked at at once.
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
        """What is to be seen in the segment; the same wherever else the video is cut.

        `file`: the video, seekable, left open. Raises VideoError.
        """
        seen, counter = _Seen(), DecodeCounter(segment.start_ms, segment.end_ms)
        looking: deque[tuple[int, Motion, Future[_Sight]]] = deque()
        with ThreadPoolExecutor(self.workers, thread_name_prefix="look") as workers:
            for time_ms, motion, view in self._views(file, segment, counter):
                looking.append((time_ms, motion, view.sight(workers, self._look)))
                if len(looking) > self.waiting(view.frame_bytes):
                    seen.add(*_done(looking))
            while looking:
                seen.add(*_done(looking))
        return seen.detections(counter.counts)

    def waiting(self, frame_bytes: int) -> int:
        """How many frames may wait for their turn: enough to keep every worker busy, few of large frames."""
        return min(2 * self.workers, _WAITING_BYTES // frame_bytes)

    def _look(self, frame: Frame, image: npt.NDArray[np.uint8]) -> _Sight:
        found = self.detector.detect(image)
        looks = appearance.describe(image, found.boxes)
        return _Sight(found, looks, self._faces(frame, found))

    def _faces(self, frame: Frame, found: Detections) -> list[Face | None]:
        """Of the people who are sure; the detector gives them first."""
        if self.faces is None:
            return []
        sure = int(np.count_nonzero(found.scores >= _SURE))
        return self.faces.find(frame, found.boxes[:sure]) if sure else []

    def _views(
        self, file: BinaryIO, segment: Segment, counter: DecodeCounter
    ) -> Iterator[tuple[int, Motion, _View]]:
        """Time in ms of each analysed frame, the camera's motion since the last, and what to look at for it.

        Where nothing moved, that is the view looked at before.
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
    """A frame to be looked at, once and only if somebody asks what it shows."""

    def __init__(self, frame: Frame, image: npt.NDArray[np.uint8], grey: npt.NDArray[np.float32]) -> None:
        self._slot = stillness.slot_start(frame.timestamp_ms)
        self._grey = grey
        self._to_see: tuple[Frame, npt.NDArray[np.uint8]] | None = frame, image
        self._sight: Future[_Sight] | None = None
        self.frame_bytes = frame.stored_bytes

    def serves(self, time_ms: int, grey: npt.NDArray[np.float32]) -> bool:
        """Whether a frame that looks like `grey` at `time_ms` shows what this one does."""
        return stillness.slot_start(time_ms) == self._slot and stillness.looks_the_same(self._grey, grey)

    def sight(
        self, workers: Executor, look: Callable[[Frame, npt.NDArray[np.uint8]], _Sight]
    ) -> Future[_Sight]:
        """What it shows, to come."""
        if self._sight is None:
            assert self._to_see is not None
            self._sight = workers.submit(look, *self._to_see)
            self._to_see = None  # the frame's memory goes when the worker is done
        return self._sight


@dataclass(frozen=True)
class _Sight:
    """What one frame shows."""

    found: Detections
    looks: npt.NDArray[np.uint8]
    faces: Sequence[Face | None]


def _done(looking: deque[tuple[int, Motion, Future[_Sight]]]) -> tuple[int, Motion, _Sight]:
    """The frame looked at for longest, once it is done."""
    time_ms, motion, sight = looking.popleft()
    return time_ms, motion, sight.result()


class _Seen:
    """Frames' findings, gathered."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._camera: list[npt.NDArray[np.float32]] = []
        self._frame_of: list[int] = []
        self._boxes: list[npt.NDArray[np.float32]] = []
        self._scores: list[npt.NDArray[np.float32]] = []
        self._looks: list[npt.NDArray[np.uint8]] = []
        self._face_of: list[int] = []
        self._faces: list[npt.NDArray[np.float32]] = []

    def add(self, time_ms: int, motion: Motion, sight: _Sight) -> None:
        first_row = len(self._frame_of)
        self._frame_of += [len(self._times)] * len(sight.found)
        self._times.append(time_ms)
        self._camera.append(motion)
        self._boxes.append(sight.found.boxes)
        self._scores.append(sight.found.scores)
        self._looks.append(sight.looks)
        for row, face in enumerate(sight.faces, first_row):
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
            appearance=np.concatenate(self._looks),
            face_of=self._face_of,
            faces=self._faces,
            decode_counts=decode_counts,
        )
