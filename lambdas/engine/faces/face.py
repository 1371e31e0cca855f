"""A face, in the engine's form and in the contract's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LANDMARKS = ("eyeLeft", "eyeRight", "mouthLeft", "mouthRight", "nose")
"""Rekognition's names of the landmarks, in the order of `Face.landmarks`."""


@dataclass(frozen=True)
class Face:
    """One person's face in one frame.

    box: float32 (4,), left, top, width, height as ratios of the whole frame; forehead to chin, side to side.
    confidence: 0 to 1, the probability that it is a face.
    landmarks: float32 (5, 2), x and y as ratios of the whole frame, in the order of `LANDMARKS`. Left is left
        in the picture, as in Amazon Rekognition's answers.
    pose: float32 (3,), roll, yaw, pitch in degrees, signed as in Amazon's published answers: roll grows as
        the head tilts clockwise in the picture, yaw as it turns to the picture's right, pitch as it turns up.
    quality: float32 (2,), brightness and sharpness, 0 to 100.
    """

    box: NDArray[np.float32]
    confidence: float
    landmarks: NDArray[np.float32]
    pose: NDArray[np.float32]
    quality: NDArray[np.float32]

    def as_contract(self) -> dict[str, Any]:
        """The `Face` member of a GetPersonTracking record."""
        left, top, width, height = (float(value) for value in self.box)
        roll, yaw, pitch = (float(degrees) for degrees in self.pose)
        brightness, sharpness = (float(value) for value in self.quality)
        return {
            "BoundingBox": {"Width": width, "Height": height, "Left": left, "Top": top},
            "Landmarks": [
                {"Type": kind, "X": float(x), "Y": float(y)}
                for kind, (x, y) in zip(LANDMARKS, self.landmarks, strict=True)
            ],
            "Pose": {"Roll": roll, "Yaw": yaw, "Pitch": pitch},
            "Quality": {"Brightness": brightness, "Sharpness": sharpness},
            "Confidence": 100 * self.confidence,
        }
