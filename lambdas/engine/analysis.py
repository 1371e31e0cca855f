"""One segment of a video looked at: the people of every analysed frame, their faces, how the camera moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine import appearance, face_rows
from engine.detections import SegmentDetections
from engine.detector import Detections, Detector
from engine.faces import Face, FaceFinder
from engine.video import camera
from engine.video.frames import Frame, read_frames
from engine.video.segments import Segment

_LEAD_MS = 4000
"""How far before a segment to look for the frame before its first: two steps of the slowest analysis rate."""


@dataclass(frozen=True)
class Analyst:
    """The models and the analysis rate (Hz). `faces` is None where faces are switched off."""

    detector: Detector
    faces: FaceFinder | None
    hz: float

    def analyse(self, file: BinaryIO, segment: Segment) -> SegmentDetections:
        """What is to be seen in the segment; the same wherever else the video is cut.

        `file`: the video, seekable, left open. Raises VideoError.
        """
        seen = _Seen()
        for frame, image, motion in self._frames(file, segment):
            found = self.detector.detect(image)
            looks = appearance.describe(image, found.boxes)
            seen.add(frame.timestamp_ms, motion, found, looks, self._faces(frame, found))
        return seen.detections()

    def _faces(self, frame: Frame, found: Detections) -> list[Face | None]:
        """Of the people who are sure; the detector gives them first."""
        if self.faces is None:
            return []
        sure = int(np.count_nonzero(found.scores >= self.detector.sure_score))
        return self.faces.find(frame, found.boxes[:sure]) if sure else []

    def _frames(
        self, file: BinaryIO, segment: Segment
    ) -> Iterator[tuple[Frame, npt.NDArray[np.uint8], npt.NDArray[np.float32]]]:
        """Analysed frames, each with its picture for the detector and the camera's motion since the last."""
        previous: npt.NDArray[np.float32] | None = None
        for frame in read_frames(file, max(0, segment.start_ms - _LEAD_MS), segment.end_ms, self.hz):
            image = frame.resized(*self.detector.input_size(*frame.size))
            grey = camera.small_grey(image)
            if frame.timestamp_ms >= segment.start_ms:
                motion = camera.identity() if previous is None else camera.estimate(previous, grey)
                yield frame, image, motion
            previous = grey


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

    def add(
        self,
        time_ms: int,
        motion: npt.NDArray[np.float32],
        found: Detections,
        looks: npt.NDArray[np.uint8],
        faces: Sequence[Face | None],
    ) -> None:
        first_row = len(self._frame_of)
        self._frame_of += [len(self._times)] * len(found)
        self._times.append(time_ms)
        self._camera.append(motion)
        self._boxes.append(found.boxes)
        self._scores.append(found.scores)
        self._looks.append(looks)
        for row, face in enumerate(faces, first_row):
            if face is not None:
                self._face_of.append(row)
                self._faces.append(face_rows.pack(face))

    def detections(self) -> SegmentDetections:
        if not self._times:
            return SegmentDetections.of([], [], [], [])
        return SegmentDetections.of(
            self._times,
            self._frame_of,
            np.concatenate(self._boxes),
            np.concatenate(self._scores),
            camera=np.stack(self._camera),
            appearance=np.concatenate(self._looks),
            face_of=self._face_of,
            faces=self._faces,
        )
