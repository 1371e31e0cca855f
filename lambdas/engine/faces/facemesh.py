"""FaceMesh: 468 points of a face in three dimensions, and the probability that there is a face at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.detector.session import ModelSession

INPUT = 192
"""Pixels of a crop's side."""

POINTS = 468
"""Points of the mesh. Below are numbers of points; left and right are the picture's, not the person's."""

EYE_LEFT = (33, 133, 159, 145)
"""Corners and lids of the eye, whose mean is its landmark."""

EYE_RIGHT = (263, 362, 386, 374)
"""As `EYE_LEFT`."""

MOUTH_LEFT, MOUTH_RIGHT = 61, 291
"""The corners of the mouth."""

NOSE_TIP = 4
"""The tip of the nose."""

FOREHEAD, CHIN = 10, 152
"""Top and bottom of the face, which give its vertical axis."""

TEMPLE_LEFT, TEMPLE_RIGHT = 234, 454
"""The sides of the face, which give its horizontal axis."""

Floats = NDArray[np.float32]


class FaceMesh:
    def __init__(self, model: Path, threads: int) -> None:
        self._session = ModelSession(model, threads)

    def measure(self, crops: NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """The faces in the middle of `crops`, uint8 RGB (n, INPUT, INPUT, 3).

        Returns points (n, 468, 3), x and y as ratios of the crop and z on the same scale, growing away from
        the camera; and flags (n,), 0 to 1, the probability that there is a face.
        """
        mesh, flag = self._session.run(["mesh", "flag"], crops)
        return mesh.reshape(len(crops), POINTS, 3) / np.float32(INPUT), flag.reshape(len(crops))


def landmarks(points: Floats) -> Floats:
    """(5, 2) in the order of `face.LANDMARKS`, on the scale of `points` (468, 3)."""
    eyes = [points[list(eye), :2].mean(axis=0) for eye in (EYE_LEFT, EYE_RIGHT)]
    rest = points[[MOUTH_LEFT, MOUTH_RIGHT, NOSE_TIP], :2]
    return np.concatenate([eyes, rest]).astype(np.float32)


def pose(points: Floats) -> tuple[float, float, float]:
    """Roll, yaw and pitch in degrees, signed as `face.Face` says, of `points` (468, 3)."""
    across = _unit(points[TEMPLE_RIGHT] - points[TEMPLE_LEFT])
    down = points[CHIN] - points[FOREHEAD]
    down = _unit(down - across * float(down @ across))
    # Out of the face, in the direction of gaze; z grows away from the camera.
    ahead = -np.cross(across, down)
    roll = np.degrees(np.arctan2(across[1], across[0]))
    yaw = np.degrees(np.arctan2(ahead[0], -ahead[2]))
    pitch = np.degrees(np.arcsin(np.clip(-ahead[1], -1, 1)))
    return float(roll), float(yaw), float(pitch)


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    unit: Floats = vector / max(length, 1e-9)
    return unit
