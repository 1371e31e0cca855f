"""A Kalman filter for many people at once that knows time: constant velocity, any step.

Every coordinate of a box (centre x, centre y, width, height, in frame heights) is filtered on its own.
Noise is in proportion to the person's height and to time, never to frames, so one set of parameters serves
a near and a far person and any analysis rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats

_PLACE_NOISE = 0.04
_SIZE_NOISE = 0.05
"""Standard deviation of a detection's centre and size, in heights."""
_PLACE_PUSH = 0.45
_SIZE_PUSH = 0.10
"""How strongly a velocity wanders: heights a second, after one second."""
_PLACE_SPEED = 0.60
_SIZE_SPEED = 0.10
"""Standard deviation of a velocity nothing is known of yet, heights a second."""


def _per_coordinate(place: float, size: float) -> Floats:
    return np.array([place, place, size, size])


_NOISE = _per_coordinate(_PLACE_NOISE, _SIZE_NOISE)
_PUSH = _per_coordinate(_PLACE_PUSH, _SIZE_PUSH)
_SPEED = _per_coordinate(_PLACE_SPEED, _SIZE_SPEED)


@dataclass
class Filters:
    """State of T filters: means and, coordinate by coordinate, their covariance.

    Attributes:
        place: (T, 4) centre x, centre y, width, height, in frame heights.
        speed: (T, 4) their rates, a second.
        place_variance, both_covariance, speed_variance: (T, 4).
    """

    place: Floats
    speed: Floats
    place_variance: Floats
    both_covariance: Floats
    speed_variance: Floats

    @classmethod
    def begin(cls, boxes: Floats) -> Filters:
        """Filters at rest at these boxes (T, 4)."""
        height = boxes[:, 3:4]
        return cls(
            place=boxes.copy(),
            speed=np.zeros_like(boxes),
            place_variance=(_NOISE * height) ** 2,
            both_covariance=np.zeros_like(boxes),
            speed_variance=(_SPEED * height) ** 2,
        )

    def __len__(self) -> int:
        return len(self.place)

    def pick(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Filters:
        """Some of the filters, by mask or index."""
        return Filters(
            self.place[which],
            self.speed[which],
            self.place_variance[which],
            self.both_covariance[which],
            self.speed_variance[which],
        )

    def with_more(self, other: Filters) -> Filters:
        """These filters followed by others."""
        return Filters(
            np.concatenate([self.place, other.place]),
            np.concatenate([self.speed, other.speed]),
            np.concatenate([self.place_variance, other.place_variance]),
            np.concatenate([self.both_covariance, other.both_covariance]),
            np.concatenate([self.speed_variance, other.speed_variance]),
        )

    def advance(self, seconds: float, unrest: float = 1.0) -> None:
        """Predict that much later, in place; ``unrest`` multiplies how strongly places' speeds wander."""
        push = (_PUSH * self.place[:, 3:4]) ** 2
        push[:, :2] *= unrest**2
        self.place += self.speed * seconds
        floor = 1e-4
        np.maximum(self.place[:, 2:], floor, out=self.place[:, 2:])
        self.place_variance += (
            2 * seconds * self.both_covariance + seconds**2 * self.speed_variance + push * seconds**3 / 3
        )
        self.both_covariance += seconds * self.speed_variance + push * seconds**2 / 2
        self.speed_variance += push * seconds

    def move_camera(self, camera: Floats) -> None:
        """Carry over the camera's motion (2, 3), in frame heights, in place."""
        turn, shift = camera[:, :2], camera[:, 2]
        scale = float(np.sqrt(abs(np.linalg.det(turn))))
        self.place[:, :2] = self.place[:, :2] @ turn.T + shift
        self.speed[:, :2] = self.speed[:, :2] @ turn.T
        self.place[:, 2:] *= scale
        self.speed[:, 2:] *= scale
        for variance in (self.place_variance, self.both_covariance, self.speed_variance):
            variance *= scale**2

    def correct(self, which: npt.NDArray[np.intp], boxes: Floats) -> Floats:
        """Take in one measured box for each of some filters, in place.

        Returns:
            (len(which),) squared errors of the foretold places, 1 where as large as expected.
        """
        noise = (_NOISE * boxes[:, 3:4]) ** 2
        variance, both = self.place_variance[which], self.both_covariance[which]
        total = variance + noise
        gain, speed_gain = variance / total, both / total
        error = boxes - self.place[which]
        self.place[which] += gain * error
        self.speed[which] += speed_gain * error
        self.place_variance[which] = variance * (1 - gain)
        self.both_covariance[which] = both * (1 - gain)
        self.speed_variance[which] -= speed_gain * both
        surprise: Floats = (error[:, :2] ** 2 / total[:, :2]).mean(1)
        return surprise
