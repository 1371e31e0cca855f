"""Where people's boxes lie in a picture that was scaled, turned or mirrored."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def _still(seconds: Floats) -> Floats:
    return np.zeros((len(seconds), 2))


@dataclass(frozen=True)
class Placement:
    """A picture drawn into another: pixels of the one times `across` plus `offset` are pixels of the other.

    Attributes:
        size: width and height of the picture that results.
        across: the 2 x 2 matrix, by rows.
        offset: x and y.
        drift: what is added to the offset at so many seconds (n,) of the video: (n, 2) pixels.
    """

    size: tuple[int, int]
    across: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    offset: tuple[float, float] = (0.0, 0.0)
    drift: Callable[[Floats], Floats] = _still

    def boxes(self, boxes: Floats, seconds: Floats) -> Floats:
        """Boxes (n, 4) left, top, width, height in pixels at those seconds, in the picture that results.

        A turned person's box is taken to be that of the ellipse that fills the upright one: the corners of
        an upright box hold no person.
        """
        across = np.array(self.across)
        half = boxes[:, 2:] / 2
        centre = (boxes[:, :2] + half) @ across.T + np.array(self.offset) + self.drift(seconds)
        reach = np.sqrt(half**2 @ (across**2).T)
        return np.concatenate([centre - reach, 2 * reach], axis=1)

    def inside(self, boxes: Floats) -> npt.NDArray[np.bool_]:
        """Which boxes (n, 4), in pixels of the picture that results, lie in it with half their area."""
        least = np.maximum(boxes[:, :2], 0)
        most = np.minimum(boxes[:, :2] + boxes[:, 2:], np.array(self.size))
        seen = np.clip(most - least, 0, None).prod(1)
        result: npt.NDArray[np.bool_] = seen >= boxes[:, 2:].prod(1) / 2
        return result


def turned(size: tuple[int, int], degrees: float) -> Placement:
    """Turned clockwise about the middle of a picture that keeps its size."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = size[0] / 2, size[1] / 2
    return Placement(size, ((cos, -sin), (sin, cos)), (x - cos * x + sin * y, y - sin * x - cos * y))
