"""The camera's motion between any two analysed frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats

_BLOCK = 64
"""Frames a block: motions across a long gap are composed from one motion a block, in few steps. Raising it
takes fewer steps across long gaps, and composes more motions for short ones.
"""

_LARGEST_SCALE = 20.0
"""A camera path that enlarges or shrinks more than this in one track is an estimate that has diverged: nobody
is in view through such a zoom. Raising it lets worse estimates bend paths.
"""


def in_heights(camera: npt.NDArray[np.floating], aspect: float) -> Floats:
    """Affine motions (F, 2, 3) of ratio coordinates as motions of frame heights."""
    result = np.asarray(camera, np.float64).copy()
    result[:, 0, 1] *= aspect
    result[:, 0, 2] *= aspect
    result[:, 1, 0] /= aspect
    return result


def inverse(motion: Floats) -> Floats:
    """Motions (..., 2, 3) that undo motions."""
    linear = np.linalg.inv(motion[..., :2])
    return np.concatenate([linear, -(linear @ motion[..., 2:])], axis=-1)


def then(first: Floats, second: Floats) -> Floats:
    """Motions (..., 2, 3) that do the first and then the second."""
    linear = second[..., :2] @ first[..., :2]
    return np.concatenate([linear, second[..., :2] @ first[..., 2:] + second[..., 2:]], axis=-1)


def scale(motion: Floats) -> Floats:
    """By how much motions (..., 2, 3) enlarge."""
    result: Floats = np.sqrt(np.abs(np.linalg.det(motion[..., :2])))
    return result


class CameraPath:
    """Motions between frames far apart, composed from blocks so that errors do not pile up.

    Args:
        steps: (F, 2, 3), motion from the frame before to each frame.
    """

    def __init__(self, steps: Floats) -> None:
        self._since = np.empty_like(steps)
        """From the first frame of each frame's block."""
        self._blocks = np.tile(np.eye(2, 3), (len(steps) // _BLOCK + 1, 1, 1))
        """From the first frame of each block to the first of the next."""
        for frame, step in enumerate(steps):
            if frame % _BLOCK == 0:
                if frame:
                    self._blocks[frame // _BLOCK - 1] = then(self._since[frame - 1], step)
                self._since[frame] = np.eye(2, 3)
            else:
                self._since[frame] = then(self._since[frame - 1], step)

    def between(self, start: npt.NDArray[np.intp], end: npt.NDArray[np.intp]) -> Floats:
        """Motions (n, 2, 3) from frames to frames not before them."""
        motion = inverse(self._since[start])
        block = start // _BLOCK
        while True:
            behind = np.nonzero(block < end // _BLOCK)[0]
            if len(behind) == 0:
                return then(motion, self._since[end])
            motion[behind] = then(motion[behind], self._blocks[block[behind]])
            block[behind] += 1

    def back_from(self, frames: npt.NDArray[np.intp], edge: int | npt.NDArray[np.intp]) -> Floats:
        """Motions (n, 2, 3) from frames to the frame ``edge`` (one for all, or one for each), on whichever
        side of it they lie.
        """
        edges = np.broadcast_to(np.asarray(edge, np.intp), frames.shape)
        early, late = np.minimum(frames, edges), np.maximum(frames, edges)
        motion = self.between(early, late)
        reversed_ = frames > edge
        motion[reversed_] = inverse(motion[reversed_])
        return motion


def move(motion: Floats, boxes: Floats) -> Floats:
    """Boxes (n, 4), centre and size, carried along by motions (n, 2, 3)."""
    centres = (motion[:, :, :2] @ boxes[:, :2, None])[:, :, 0] + motion[:, :, 2]
    return np.concatenate([centres, boxes[:, 2:] * scale(motion)[:, None]], axis=1)


def is_plausible(motion: Floats) -> bool:
    """Whether nothing is enlarged or shrunk so much that the estimate cannot be right."""
    enlarged = scale(motion)
    return bool(enlarged.max() < _LARGEST_SCALE and enlarged.min() > 1 / _LARGEST_SCALE)
