"""Images at another size."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import Interpolation

from engine.detector.detections import Image

_MULTIPLE = 32
"""Pixels: the sides of a detector's input are multiples of its coarsest stride."""

_PADDING = 114
"""The grey of the letterbox's padding, as in NanoDet's training."""


def resized(image: Image, width: int, height: int) -> Image:
    """The whole of `image`, uint8 RGB, at (height, width, 3) by averaging; itself where it has that size."""
    if image.shape[:2] == (height, width):
        return image
    frame = av.VideoFrame.from_ndarray(image, "rgb24")
    # Each frame has a scaler of its own, so workers need not wait for each other.
    scaled = frame.reformat(width, height, "rgb24", interpolation=Interpolation.AREA, threads=1)
    return scaled.to_ndarray().astype(np.uint8, copy=False)


def letterboxed_half(image: Image) -> Image:
    """`image`, uint8 (height, width, 3), sides even: half the size, padded to multiples of 32.

    Each pixel is the mean of four, rounded; the padding is on the right and below.
    """
    height, width = image.shape[0] // 2, image.shape[1] // 2
    pairs = image[::2].astype(np.uint16)
    pairs += image[1::2]
    small = pairs[:, ::2] + pairs[:, 1::2]
    small += 2
    small >>= 2
    shape = (height + -height % _MULTIPLE, width + -width % _MULTIPLE, 3)
    letterboxed = np.full(shape, _PADDING, np.uint8)
    letterboxed[:height, :width] = small
    return letterboxed
