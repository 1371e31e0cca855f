"""BlazeFace: a face detector for crops around heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.detector.session import ModelSession

INPUT = 128
"""Pixels of a crop's side: half of what the model was made for, at a quarter of its cost, since a head fills
a good part of its crop.
"""

LEVELS = ((16, 2), (32, 6))
"""(stride, anchors in each cell); all anchors of a cell are at its middle and have no size of their own."""

COORDINATES = 16
"""Values an anchor has: centre, width and height, and six points."""

LOWEST_SCORE = 0.5
"""Detections of a lower probability are dropped."""

Floats = NDArray[np.float32]


class BlazeFace:
    def __init__(self, model: Path, threads: int) -> None:
        self._session = ModelSession(model, threads)

    def find(self, crops: NDArray[np.uint8]) -> list[Floats]:
        """For each of `crops`, uint8 RGB (n, INPUT, INPUT, 3), its faces, best first.

        A face is a row: score (0 to 1), centre x, centre y, size, as ratios of the crop. Several rows may be
        the same face.
        """
        names = [f"{kind}{stride}" for stride, _ in LEVELS for kind in ("score", "boxes")]
        maps = self._session.run(names, crops)
        found: list[Floats] = []
        for crop in range(len(crops)):
            levels = [
                decode(maps[2 * level][crop], maps[2 * level + 1][crop], stride, anchors)
                for level, (stride, anchors) in enumerate(LEVELS)
            ]
            faces = np.concatenate(levels)
            found.append(faces[np.argsort(-faces[:, 0], kind="stable")])
        return found


def decode(scores: Floats, boxes: Floats, stride: int, anchors: int) -> Floats:
    """Faces from one level of the outputs.

    scores: (anchors, h, w) logits. boxes: (anchors x 16, h, w): centre x and y from the cell's middle, width
    and height, then six points, in pixels. Returns rows of score, centre x, centre y and size as ratios of
    the crop.
    """
    _, height, width = scores.shape
    lowest = np.log(LOWEST_SCORE / (1 - LOWEST_SCORE))
    anchor, row, column = np.nonzero(scores >= lowest)
    x, y, box_width, box_height = boxes.reshape(anchors, COORDINATES, height, width)[
        anchor, :4, row, column
    ].T
    rows = np.stack(
        [
            1 / (1 + np.exp(-scores[anchor, row, column])),
            ((column + 0.5) * stride + x) / (width * stride),
            ((row + 0.5) * stride + y) / (height * stride),
            np.maximum(box_width, box_height) / (width * stride),
        ],
        axis=1,
    )
    return rows.astype(np.float32)
