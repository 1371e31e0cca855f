"""The detections of one segment of a video: plain arrays, one ``.npz`` a segment.

A detect worker saves one; the linker reads them all, in order. Only arrays of numbers go in and
``allow_pickle`` stays off, so a file from a bucket can never run code.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.video.frames.decode_count import DecodeCounts

FACE_COLUMNS = 20
"""Box (4), confidence (1), landmarks (5 × x, y), pose roll, yaw, pitch (3), brightness and sharpness (2)."""

_DTYPES: Mapping[str, npt.DTypeLike] = {
    "timestamps_ms": np.int64,
    "camera": np.float32,
    "frame_of": np.int32,
    "boxes": np.float32,
    "scores": np.float32,
    "appearance": np.uint8,
    "face_of": np.int32,
    "faces": np.float32,
    "decoding": np.int64,
}


@dataclass(frozen=True, eq=False)
class SegmentDetections:
    """Detections of F analysed frames: N person boxes, of which M have a face.

    Attributes:
        timestamps_ms: int64 (F,), presentation time of each analysed frame, strictly rising.
        camera: float32 (F, 2, 3), affine motion of the picture from the analysed frame before
            to this one in ratio coordinates (x' = A x + t); identity where there is none before.
        frame_of: int32 (N,), position in ``timestamps_ms`` of each box, never falling.
        boxes: float32 (N, 4), left, top, width, height as ratios of the frame; may lie partly outside.
        scores: float32 (N,), detector confidence in 0..1.
        appearance: uint8 (N, D), descriptors of ``engine.analysis.appearance``; D is 0 where there are none.
        face_of: int32 (M,), the box each face belongs to.
        faces: float32 (M, 20), see `FACE_COLUMNS`; coordinates are ratios of the whole frame.
        decoding: int64 (3,), the numbers of `decode_counts` in their order.
    """

    timestamps_ms: npt.NDArray[np.int64]
    camera: npt.NDArray[np.float32]
    frame_of: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    appearance: npt.NDArray[np.uint8]
    face_of: npt.NDArray[np.int32]
    faces: npt.NDArray[np.float32]
    decoding: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check shapes and dtypes.

        Raises:
            ValueError: an array has another dtype or shape than stated, or an index points outside.
        """
        for name, dtype in _DTYPES.items():
            if getattr(self, name).dtype != dtype:
                raise ValueError(f"{name} is {getattr(self, name).dtype}, not {np.dtype(dtype)}")
        frames, boxes, faces = len(self.timestamps_ms), len(self.boxes), len(self.faces)
        shapes = {
            "timestamps_ms": (frames,),
            "camera": (frames, 2, 3),
            "frame_of": (boxes,),
            "boxes": (boxes, 4),
            "scores": (boxes,),
            "appearance": (boxes, self.appearance.shape[-1]),
            "face_of": (faces,),
            "faces": (faces, FACE_COLUMNS),
            "decoding": (len(fields(DecodeCounts)),),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not {shape}")
        if np.any(np.diff(self.timestamps_ms) <= 0):
            raise ValueError("timestamps_ms does not rise")
        if boxes and (
            self.frame_of[0] < 0 or self.frame_of[-1] >= frames or np.any(np.diff(self.frame_of) < 0)
        ):
            raise ValueError("frame_of falls or points outside timestamps_ms")
        if faces and (self.face_of.min() < 0 or self.face_of.max() >= boxes):
            raise ValueError("face_of points outside boxes")

    @classmethod
    def of(
        cls,
        timestamps_ms: npt.ArrayLike,
        frame_of: npt.ArrayLike,
        boxes: npt.ArrayLike,
        scores: npt.ArrayLike,
        *,
        camera: npt.ArrayLike | None = None,
        appearance: npt.ArrayLike | None = None,
        face_of: npt.ArrayLike | None = None,
        faces: npt.ArrayLike | None = None,
        decode_counts: DecodeCounts | None = None,
    ) -> SegmentDetections:
        """Make one from anything array-like; a still camera, no appearance and no faces unless given."""
        frames = np.asarray(timestamps_ms, np.int64).reshape(-1)
        rows = np.asarray(boxes, np.float32).reshape(-1, 4)
        return cls(
            timestamps_ms=frames,
            camera=still_camera(len(frames)) if camera is None else np.asarray(camera, np.float32),
            frame_of=np.asarray(frame_of, np.int32).reshape(-1),
            boxes=rows,
            scores=np.asarray(scores, np.float32).reshape(-1),
            appearance=(
                np.zeros((len(rows), 0), np.uint8) if appearance is None else np.asarray(appearance, np.uint8)
            ),
            face_of=np.zeros(0, np.int32) if face_of is None else np.asarray(face_of, np.int32).reshape(-1),
            faces=np.asarray([] if faces is None else faces, np.float32).reshape(-1, FACE_COLUMNS),
            decoding=np.asarray(astuple(decode_counts or DecodeCounts()), np.int64),
        )

    @property
    def decode_counts(self) -> DecodeCounts:
        """How many of the segment's frames could be decoded."""
        return DecodeCounts(*self.decoding.tolist())

    def rows_by_frame(self) -> Iterator[slice]:
        """The rows of each analysed frame in turn, empty slices included."""
        edges = np.searchsorted(self.frame_of, np.arange(len(self.timestamps_ms) + 1))
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield slice(first, last)

    def save(self, target: str | os.PathLike[str] | BinaryIO) -> None:
        """Write as a compressed ``.npz``."""
        np.savez_compressed(target, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, source: str | os.PathLike[str] | BinaryIO) -> SegmentDetections:
        """Read what `save` wrote.

        Raises:
            ValueError: the file is not such an ``.npz`` or its arrays do not fit together.
        """
        try:
            with np.load(source, allow_pickle=False) as arrays:
                stored = dict(arrays)
            # A segment analysed before an upgrade and linked after it.
            stored.setdefault("decoding", np.zeros(len(fields(DecodeCounts)), np.int64))
            return cls(**{field.name: stored[field.name] for field in fields(cls)})
        except (KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"Not a file of segment detections: {error}") from error


def still_camera(frames: int) -> npt.NDArray[np.float32]:
    """Identity motions for that many frames, float32 (frames, 2, 3)."""
    return np.tile(np.eye(2, 3, dtype=np.float32), (frames, 1, 1))
