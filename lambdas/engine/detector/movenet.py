"""MoveNet MultiPose as a person detector: its centre and box heads, decoded without its cap of six people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.detector.calibration import Calibration
from engine.detector.detections import DUPLICATE_IOU, LOWEST_SCORE, Detections, Floats, Image
from engine.detector.input_size import input_size
from engine.detector.nms import nms
from engine.detector.session import ModelSession

LARGEST_BOX = 220.0
"""Pixels of the input: the side of a box up to which the size head is to be trusted; it ends at 270."""

CALIBRATION = Calibration(slope=2.45, intercept=0.93)
"""Of the centre head's values, see `Calibration`."""

LOWEST_RAW = CALIBRATION.raw_score(LOWEST_SCORE)
"""Peaks of the heat map below this are dropped."""


class MoveNet:
    """See `Detector`. `long_side`: of the input, in pixels."""

    name = "movenet"
    largest_box = LARGEST_BOX

    def __init__(self, session: ModelSession, long_side: int) -> None:
        self._session = session
        self._long_side = long_side

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return input_size(frame_width, frame_height, self._long_side)

    def detect(self, image: Image) -> Detections:
        centre, size, offset = self._session.run(["centre", "size", "offset"], image[None])
        boxes, scores = decode(centre[0, 0], size[0], offset[0])
        kept = nms(boxes, scores, DUPLICATE_IOU)
        return Detections(boxes[kept], CALIBRATION.probability(scores[kept]))


def decode(centre: Floats, size: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Boxes and raw scores from the heads.

    centre: (h, w) heat map, 0 to 1. size, offset: (2, h, w), height and width of the person and the exact
    centre's y and x inside its cell, all in cells. Returns boxes (n, 4) as ratios of the image and raw scores
    (n,).
    """
    rows, columns = np.nonzero(_peaks(centre) & (centre >= LOWEST_RAW))
    heights, widths = np.maximum(size[:, rows, columns], 0)
    y = rows + offset[0, rows, columns]
    x = columns + offset[1, rows, columns]
    corners = np.stack([x - widths / 2, y - heights / 2, widths, heights], axis=1)
    map_height, map_width = centre.shape
    boxes = corners / np.array([map_width, map_height, map_width, map_height], np.float32)
    return boxes.astype(np.float32), centre[rows, columns]


def _peaks(centre: Floats, reach: int = 1) -> NDArray[np.bool_]:
    """Where no neighbour within `reach` cells is higher."""
    padded = np.pad(centre, reach, constant_values=-1)
    window = 2 * reach + 1
    across = np.lib.stride_tricks.sliding_window_view(padded, window, axis=1).max(-1)
    around = np.lib.stride_tricks.sliding_window_view(across, window, axis=0).max(-1)
    peaks: NDArray[np.bool_] = centre >= around
    return peaks
