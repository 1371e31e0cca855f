"""The instants a video's people are reported at: the contract's 15 Hz grid, in ms."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.video.presentation import held_timestamps
from engine.video.segments import Segment
from engine.video.timing.sampling import SAMPLE_HZ, report_timestamps


def of_constant_rate(rate: Fraction, last_ms: int) -> npt.NDArray[np.int64]:
    """Every instant from 0 to `last_ms` or the one after it, by arithmetic alone."""
    return report_timestamps(rate, ceil(Fraction(last_ms, 1000) * rate) + 2)


def of_segment(file: BinaryIO, segment: Segment) -> npt.NDArray[np.int64]:
    """The instants in a segment of a video whose rate varies: only the container knows when its
    frames are shown.

    Returns:
        int64 (n, 2): each instant and the Timestamp of the picture on show then, in ms. A picture belongs to
        the segment in which it goes on show.
    """
    return held_timestamps(file, segment.start_ms, segment.end_ms, SAMPLE_HZ)
