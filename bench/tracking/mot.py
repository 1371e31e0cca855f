"""MOTChallenge folders: ground truth and public detections as arrays in ratios of the frame."""

from __future__ import annotations

import configparser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

STILL_CAMERAS = frozenset(
    {
        "ADL-Rundle-6",
        "ADL-Rundle-6a",
        "AVG-TownCentre",
        "KITTI-16",
        "KITTI-17",
        "PETS09-S2L1",
        "PETS09-S2L1-2x2",
        "PETS09-S2L2",
        "TUD-Campus",
        "TUD-Crossing",
        "TUD-Stadtmitte",
        "Venice-1",
        "Venice-2",
    }
)
"""The benchmark's sequences from a camera that stands still; in all others it moves. ADL-Rundle-6a is the
beginning of ADL-Rundle-6.
"""


@dataclass(frozen=True, eq=False)
class Rows:
    """Boxes of a whole sequence.

    Attributes:
        frames: int64 (N,), frame number counted from 0, never falling.
        ids: int64 (N,), -1 in detections.
        boxes: float32 (N, 4), left, top, width, height as ratios of the frame.
        scores: float32 (N,).
    """

    frames: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]

    @classmethod
    def of_paths(cls, paths: Iterable[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.floating]]]) -> Rows:
        """The rows of several paths, each an id, its frames (n,) and its boxes (n, 4); scores are 1."""
        frames, ids = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        boxes = [np.zeros((0, 4), np.float32)]
        for who, when, where in paths:
            frames.append(when)
            ids.append(np.full(len(when), who))
            boxes.append(where.astype(np.float32))
        every = np.concatenate(frames)
        order = np.argsort(every, kind="stable")
        scores = np.ones(len(order), np.float32)
        return cls(every[order], np.concatenate(ids)[order], np.concatenate(boxes)[order], scores)


@dataclass(frozen=True)
class Sequence:
    """One sequence's folder, or its part from frame `first` on, whose frames count from 0 again."""

    folder: Path
    name: str
    fps: float
    length: int
    width: int
    height: int
    first: int = 0

    def since(self, frame: int) -> Sequence:
        """The part from that frame on."""
        return replace(self, first=self.first + frame, length=self.length - frame)

    def until(self, frame: int) -> Sequence:
        """The part before that frame, or the whole; its truth may go on."""
        return replace(self, length=min(self.length, frame))

    @property
    def still(self) -> bool:
        """Whether the camera stands still."""
        return self.name in STILL_CAMERAS

    @property
    def aspect(self) -> float:
        """Width over height of the frame."""
        return self.width / self.height

    def truth(self) -> Rows:
        """The people to be found: rows whose consider flag is set."""
        rows = self._read("gt.txt")
        kept = rows.scores != 0
        return Rows(rows.frames[kept], rows.ids[kept], rows.boxes[kept], rows.scores[kept])

    def public_detections(self) -> Rows:
        """The benchmark's own detections, the same for every tracker."""
        return self._read("det.txt")

    def _read(self, name: str) -> Rows:
        path = self.folder / name
        if not path.exists():  # The benchmark's own layout.
            path = self.folder / name.removesuffix(".txt") / name
        table = np.atleast_2d(np.loadtxt(path, delimiter=",", ndmin=2))
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        table = table[table[:, 0] > self.first]
        scale = np.array([self.width, self.height, self.width, self.height])
        return Rows(
            frames=table[:, 0].astype(np.int64) - 1 - self.first,
            ids=table[:, 1].astype(np.int64),
            boxes=(table[:, 2:6] / scale).astype(np.float32),
            scores=table[:, 6].astype(np.float32),
        )


def sequences(root: Path) -> Iterator[Sequence]:
    """Every sequence under a folder, by name.

    Raises:
        FileNotFoundError: there is none.
    """
    found = sorted(root.glob("*/seqinfo.ini"))
    if not found:
        raise FileNotFoundError(f"No sequence of MOTChallenge (a folder with seqinfo.ini) under {root}")
    for info in found:
        parser = configparser.ConfigParser()
        parser.read(info)
        section = parser["Sequence"]
        yield Sequence(
            folder=info.parent,
            name=info.parent.name,
            fps=float(section["frameRate"]),
            length=int(section["seqLength"]),
            width=int(section["imWidth"]),
            height=int(section["imHeight"]),
        )
