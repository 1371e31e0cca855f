"""A face as a row of numbers, the form in which segments keep it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.faces import Face


def pack(face: Face) -> npt.NDArray[np.float32]:
    """float32 (20,), in the order `engine.analysis.detections.FACE_COLUMNS` says."""
    parts = (face.box, [face.confidence], np.ravel(face.landmarks), face.pose, face.quality)
    return np.concatenate(parts).astype(np.float32)


def unpack(row: npt.NDArray[np.float32]) -> Face:
    """What `pack` packed."""
    return Face(
        box=row[:4],
        confidence=float(row[4]),
        landmarks=row[5:15].reshape(5, 2),
        pose=row[15:18],
        quality=row[18:20],
    )
