"""Which frames are analysed and which instants are reported: pure rules on exact fractions.

Rekognition's published outputs sample at 15 Hz: the k-th sample is frame ``floor(k · fps / 15)``, stamped
``floor(1000 · frame / fps)`` ms. Put in time instead of numbers, a sample is the frame on show at ``k /
15`` s, and so the same rule serves a variable frame rate and any analysis rate.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

SAMPLE_HZ = 15
"""Samples a second that the contract reports."""


def exact_rate(hz: float | Fraction) -> Fraction:
    """A rate as given in a setting (``7.5``, ``3.3333``) as the fraction that was meant."""
    return Fraction(hz).limit_denominator(1001)


def grid_frames(fps: Fraction, frame_count: int, hz: float | Fraction) -> NDArray[np.int64]:
    """Numbers of the frames on show at ``k / hz`` s for k = 0, 1, …: each once, rising, below `frame_count`.

    Args:
        fps: frames a second, > 0.
        frame_count: frames in the video, ≥ 0.
        hz: samples a second; at or above `fps` every frame is taken.
    """
    rate = exact_rate(hz)
    if rate >= fps:
        return np.arange(frame_count, dtype=np.int64)
    step = fps / rate
    samples = np.arange(ceil(frame_count / step), dtype=np.int64)
    return samples * step.numerator // step.denominator


def report_frames(fps: Fraction, frame_count: int) -> NDArray[np.int64]:
    """Numbers of the frames the contract reports: its 15 Hz grid."""
    return grid_frames(fps, frame_count, SAMPLE_HZ)


def frame_millis(number: int, fps: Fraction) -> int:
    """``floor(1000 · number / fps)``: the contract's Timestamp of a frame, in ms from the first one."""
    return floor(1000 * number / fps)


def report_timestamps(fps: Fraction, frame_count: int) -> NDArray[np.int64]:
    """Timestamps in ms of every sample the contract reports, rising, from 0."""
    return report_frames(fps, frame_count) * 1000 * fps.denominator // fps.numerator


def on_grid(shown_from: Fraction, shown_until: Fraction, hz: Fraction) -> bool:
    """Whether a frame on show during ``[shown_from, shown_until)`` s is the sample of some ``k / hz`` s."""
    return ceil(shown_from * hz) < shown_until * hz


@dataclass(frozen=True, slots=True)
class Grid:
    """`on_grid` for frames of a constant rate, by number: quick, since it runs for every packet."""

    fps: Fraction
    hz: Fraction

    def __contains__(self, number: int) -> bool:
        samples, frames = (
            self.hz.numerator * self.fps.denominator,
            self.hz.denominator * self.fps.numerator,
        )
        return -(-number * samples // frames) * frames < (number + 1) * samples
