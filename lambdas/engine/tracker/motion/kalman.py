"""A Kalman filter for many tracks at once, with constant velocity over any time step.

Each coordinate of a box (centre x, centre y, width, height, in frame heights) has a filter of its own, whose
state is position and velocity, x = (p, v). With time step t and h the person's height:

====  =======================  ==========================================================================
F     [[1, t], [0, 1]]         state transition
H     [1, 0]                   measurement: the detected box gives the position
Q     q² [[t³/3, t²/2],        process noise: the velocity strays by q h √t in a time t (white-noise
      [t²/2, t]]               acceleration), q = ``FILTER_*_PROCESS_NOISE``
R     r²                       measurement noise of standard deviation r h, r = ``FILTER_*_NOISE``; more where
                               the error is much like that of the measurement before (`update`)
P     [[pp, pv], [pv, vv]]     covariance of the state; at birth diag(R, (s h)²), s = ``FILTER_*_SPEED``
====  =======================  ==========================================================================

predict: x ← F x, P ← F P Fᵀ + Q. update, with innovation y = z - H x of variance S = pp + R and gain
K = P Hᵀ / S: x ← x + K y, P ← (I - K H) P. Matrices of two by two are written out, all tracks in one array.

After Bar-Shalom, Li and Kirubarajan, *Estimation with Applications to Tracking and Navigation*, 6.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.tracker.geometry import Floats
from engine.tracker.motion import motion_model

_LEAST_SIZE = 1e-4
"""Frame heights: a predicted width or height never shrinks to nothing. Far below a pixel, so that it bounds
no real box.
"""


def _per_coordinate(centre: float, size: float) -> Floats:
    return np.array([centre, centre, size, size])


_MEASUREMENT_NOISE = _per_coordinate(motion_model.FILTER_CENTRE_NOISE, motion_model.FILTER_SIZE_NOISE)
_PROCESS_NOISE = _per_coordinate(
    motion_model.FILTER_CENTRE_PROCESS_NOISE, motion_model.FILTER_SIZE_PROCESS_NOISE
)
_BIRTH_SPEED = _per_coordinate(motion_model.FILTER_CENTRE_SPEED, motion_model.FILTER_SIZE_SPEED)
"""r, q and s of each coordinate, as measured there."""


@dataclass
class KalmanFilters:
    """State of T filters of four coordinates each.

    Attributes:
        position: (T, 4) centre x, centre y, width, height, in frame heights.
        velocity: (T, 4) their rates, frame heights a second.
        position_variance, covariance, velocity_variance: (T, 4), the pp, pv and vv of P.
    """

    position: Floats
    velocity: Floats
    position_variance: Floats
    covariance: Floats
    velocity_variance: Floats

    @classmethod
    def birth(cls, boxes: Floats) -> KalmanFilters:
        """Filters at rest at these boxes (T, 4)."""
        height = boxes[:, 3:4]
        return cls(
            position=boxes.copy(),
            velocity=np.zeros_like(boxes),
            position_variance=(_MEASUREMENT_NOISE * height) ** 2,
            covariance=np.zeros_like(boxes),
            velocity_variance=(_BIRTH_SPEED * height) ** 2,
        )

    def __len__(self) -> int:
        return len(self.position)

    def pick(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> KalmanFilters:
        """Some of the filters, by mask or index."""
        return KalmanFilters(
            self.position[which],
            self.velocity[which],
            self.position_variance[which],
            self.covariance[which],
            self.velocity_variance[which],
        )

    def followed_by(self, other: KalmanFilters) -> KalmanFilters:
        """These filters and then others."""
        return KalmanFilters(
            np.concatenate([self.position, other.position]),
            np.concatenate([self.velocity, other.velocity]),
            np.concatenate([self.position_variance, other.position_variance]),
            np.concatenate([self.covariance, other.covariance]),
            np.concatenate([self.velocity_variance, other.velocity_variance]),
        )

    def predict(self, seconds: float, process_noise_scale: float = 1.0) -> None:
        """Predict the state that much later, in place.

        Args:
            seconds: the time step, above 0.
            process_noise_scale: what the centres' process noise is multiplied by (standard deviation).
        """
        noise = (_PROCESS_NOISE * self.position[:, 3:4]) ** 2
        noise[:, :2] *= process_noise_scale**2
        self.position += self.velocity * seconds
        np.maximum(self.position[:, 2:], _LEAST_SIZE, out=self.position[:, 2:])
        self.position_variance += (
            2 * seconds * self.covariance + seconds**2 * self.velocity_variance + noise * seconds**3 / 3
        )
        self.covariance += seconds * self.velocity_variance + noise * seconds**2 / 2
        self.velocity_variance += noise * seconds

    def move_camera(self, motion: Floats) -> None:
        """Compensate the camera's motion (2, 3), in frame heights, in place."""
        linear, shift = motion[:, :2], motion[:, 2]
        scale = float(np.sqrt(abs(np.linalg.det(linear))))
        self.position[:, :2] = self.position[:, :2] @ linear.T + shift
        self.velocity[:, :2] = self.velocity[:, :2] @ linear.T
        self.position[:, 2:] *= scale
        self.velocity[:, 2:] *= scale
        for variance in (self.position_variance, self.covariance, self.velocity_variance):
            variance *= scale**2

    def distances(self, boxes: Floats) -> Floats:
        """Squared Mahalanobis distances (T, N) of the centres of boxes (N, 4), yᵀ S⁻¹ y: χ² of 2 degrees."""
        noise = (_MEASUREMENT_NOISE[:2] * boxes[:, 3:4]) ** 2
        innovation = boxes[None, :, :2] - self.position[:, None, :2]
        squared: Floats = (innovation**2 / (self.position_variance[:, None, :2] + noise)).sum(-1)
        return squared

    def update(self, which: npt.NDArray[np.intp], boxes: Floats, independent_share: Floats) -> Floats:
        """Correct some filters by one measured box each, in place.

        Args:
            which: (n,) the filters.
            boxes: (n, 4) of each.
            independent_share: (n,) of each measurement, by which R is divided: 1 where its error has nothing
                to do with that of the one before, towards 0 where it is the same
                (`error_correlation.independent_share`).

        Returns:
            (n,) normalised innovation squared of the centres, y²/S with R itself, mean of both axes: 1 is as
            large as the filter expects.
        """
        white = (_MEASUREMENT_NOISE * boxes[:, 3:4]) ** 2
        noise = white / independent_share[:, None]
        variance, covariance = self.position_variance[which], self.covariance[which]
        innovation_variance = variance + noise
        gain, velocity_gain = variance / innovation_variance, covariance / innovation_variance
        innovation = boxes - self.position[which]
        self.position[which] += gain * innovation
        self.velocity[which] += velocity_gain * innovation
        self.position_variance[which] = variance * (1 - gain)
        self.covariance[which] = covariance * (1 - gain)
        self.velocity_variance[which] -= velocity_gain * covariance
        normalised: Floats = (innovation[:, :2] ** 2 / (variance + white)[:, :2]).mean(1)
        return normalised
