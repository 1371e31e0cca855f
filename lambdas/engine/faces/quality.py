"""Brightness and sharpness of a face. Amazon does not publish its formulas; these have the same scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HALF_SHARP = 60.0
"""The variance of the Laplacian at which a face of `facemesh.INPUT` pixels has a sharpness of 50."""


def quality(face: NDArray[np.uint8]) -> tuple[float, float]:
    """Brightness and sharpness, 0 to 100, of `face`, uint8 RGB (height, width, 3).

    Brightness is the mean of each pixel's strongest channel, in percent: 0 is black. Sharpness grows with the
    variance of the Laplacian (Pech-Pacheco 2000): a face blown up from a few pixels, or blurred, is near 0.
    """
    brightness = float(face.max(axis=2).mean()) / 2.55
    grey = face.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    variance = float(laplacian.var())
    return brightness, 100 * variance / (variance + HALF_SHARP)
