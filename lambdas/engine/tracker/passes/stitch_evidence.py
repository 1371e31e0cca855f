"""How much likelier two tracklets are one person than two: log-likelihood ratios across a gap.

By motion (position and velocity at both ends, under a velocity that strays little or much), by height, and by
appearance; taken for independent of each other, so that they add up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.analysis.appearance import similarity
from engine.tracker.geometry import Floats
from engine.tracker.motion.motion_model import (
    FIT_HEIGHT_NOISE,
    GAP_PROCESS_NOISE,
    HEIGHT_DRIFT,
    OTHER_PERSON_HEIGHT,
    OTHER_PERSON_SPEED,
    STEADY_NOISE,
    STEADY_SHARE,
)
from engine.tracker.passes.gaps import Gaps
from engine.tracker.tracklets.store import Store

_FREEDOM = 4.0
"""Degrees of freedom of Student's distribution in place of a Gaussian: a half-occluded box is off by more
than any Gaussian allows. Raising it lets a wrong box forbid a stitch.
"""

OTHER_PERSON_AREA = 30.0
"""Squared body heights of picture on which the beginning of one other person's track is to be expected. The
pictures of the filmed sequences have 13 to 68. Raising it joins more.
"""

_CAMERA_ERROR = 0.1
"""Share of the camera's own motion over a gap by which its estimate may be off. Raising it lets place decide
less where the camera moves.
"""

_MOTION_ONLY_CAUTION = 2.0
"""Without pictures a camera's motion shows only in the process noise: what each e-fold of its scale takes
from the log-odds of a pair then. Raising it joins less under a moving camera.
"""

_SAME_DISTANCE = 0.028
"""Mean appearance distance of one person's two tracklets (exponential). Measured: 0.02, 0.04 and 0.05
(TUD-Stadtmitte, PETS09-S2L1 and the beginning of ADL-Rundle-6, means of two seconds 2 to 8 s apart).
"""

_OTHER_PERSON_DISTANCE = 0.10
"""Scale of the appearance distance of two people (gamma of shape 2: its mean is twice that). Measured: half
of 0.18, 0.21 and 0.21, of the same.
"""

_LEAST_DISTANCE = 0.005
"""Appearance distances below this count as this: descriptors are rounded to 8 bits."""

_APPEARANCE_LIMITS = (-7.0, 2.0)
"""Limits of the ratio by appearance. It settles nothing alone: light changes, and others stand in front.
Wider ones join and part more by looks alone.
"""


def log_likelihood_ratio(store: Store, gaps: Gaps, scale: float) -> Floats:
    """Natural logarithms (n,) of how much likelier one person is than two, for each gap.

    ``scale`` is the video's `appearance_scale`.
    """
    ratio = motion_ratio(store, gaps) + height_ratio(gaps)
    if store.has_appearance:
        distance = 1 - similarity(gaps.tails.appearance[gaps.before], gaps.heads.appearance[gaps.after])
        ratio += appearance_ratio(distance, scale)
    else:
        ratio -= _MOTION_ONLY_CAUTION * np.log(_noise_scale(store, gaps))
    return ratio


def motion_ratio(store: Store, gaps: Gaps) -> Floats:
    """The same by motion alone: position and velocity at both ends."""
    noise_scale = _noise_scale(store, gaps)
    ratio: Floats = np.logaddexp(
        np.log(1 - STEADY_SHARE) + _ratio_at(store, gaps, noise_scale),
        np.log(STEADY_SHARE) + _ratio_at(store, gaps, noise_scale * STEADY_NOISE),
    )
    return ratio


def _noise_scale(store: Store, gaps: Gaps) -> Floats:
    before, after = gaps.tails.frame[gaps.before], gaps.heads.frame[gaps.after]
    scale: Floats = np.maximum(store.process_noise_scale[before], store.process_noise_scale[after])
    return scale


def appearance_ratio(distance: npt.NDArray[np.floating], scale: float = 1.0) -> Floats:
    """Log-likelihood ratio (n,) of descriptors that far apart (0..1) being one person's.

    ``scale`` is how far apart people of the video look, over what is usual.
    """
    distance = np.maximum(np.asarray(distance, np.float64) / scale, _LEAST_DISTANCE)
    same = -distance / _SAME_DISTANCE - np.log(_SAME_DISTANCE)
    other = -distance / _OTHER_PERSON_DISTANCE + np.log(distance) - 2 * np.log(_OTHER_PERSON_DISTANCE)
    ratio: Floats = np.clip(same - other, *_APPEARANCE_LIMITS)
    return ratio


def height_ratio(gaps: Gaps) -> Floats:
    """The same by height alone."""
    change = np.log(gaps.heads.height[gaps.after] / gaps.tails.height[gaps.before])
    deviation = np.minimum(np.hypot(FIT_HEIGHT_NOISE, HEIGHT_DRIFT * gaps.seconds), OTHER_PERSON_HEIGHT)
    same = -0.5 * (_FREEDOM + 1) * np.log1p((change / deviation) ** 2 / _FREEDOM) - np.log(deviation)
    other = -0.5 * (change / OTHER_PERSON_HEIGHT) ** 2 - np.log(OTHER_PERSON_HEIGHT)
    ratio: Floats = same - other
    return ratio


def _ratio_at(store: Store, gaps: Gaps, noise_scale: Floats) -> Floats:
    tails, heads, before, after = gaps.tails, gaps.heads, gaps.before, gaps.after
    seconds = gaps.seconds
    height = np.sqrt(tails.height[before] * heads.height[after])
    centre, velocity, camera_variance = _carried(store, gaps)
    ratio = np.full(len(gaps), np.log(OTHER_PERSON_AREA))
    for axis in range(2):
        noise = (GAP_PROCESS_NOISE[axis] * height * noise_scale) ** 2
        tail, head = tails.covariance[before, axis], heads.covariance[after, axis]
        # F P Fᵀ + Q of the tail, plus the uncertainty of the head: the innovation's covariance.
        pp = tail[:, 0] + 2 * seconds * tail[:, 1] + seconds**2 * tail[:, 2] + noise * seconds**3 / 3
        pp = pp + head[:, 0] + camera_variance
        pv = tail[:, 1] + seconds * tail[:, 2] + noise * seconds**2 / 2 + head[:, 1]
        vv = tail[:, 2] + noise * seconds + head[:, 2]
        miss = heads.centre[after, axis] - centre[:, axis] - seconds * velocity[:, axis]
        turn = heads.velocity[after, axis] - velocity[:, axis]
        determinant = np.maximum(pp * vv - pv**2, 1e-18)
        squared = (vv * miss**2 - 2 * pv * miss * turn + pp * turn**2) / determinant
        other_person = OTHER_PERSON_SPEED[axis] * height
        ratio += -0.5 * (_FREEDOM + 2) * np.log1p(squared / _FREEDOM) - 0.5 * np.log(determinant)
        ratio += 0.5 * (turn / other_person) ** 2 + np.log(other_person) - 0.5 * np.log(2 * np.pi)
    result: Floats = ratio + 2 * np.log(height)
    return result


def _carried(store: Store, gaps: Gaps) -> tuple[Floats, Floats, Floats]:
    """Centre (n, 2) and velocity (n, 2) of each tail as the camera sees them after the gap, and the variance
    (n,) that the camera's motion adds to the centre."""
    centre, velocity = gaps.tails.centre[gaps.before], gaps.tails.velocity[gaps.before]
    if store.camera_path is None:
        return centre, velocity, np.zeros(len(gaps))
    motion = store.camera_path.between(gaps.tails.frame[gaps.before], gaps.heads.frame[gaps.after])
    moved = (motion[:, :, :2] @ centre[:, :, None])[:, :, 0] + motion[:, :, 2]
    variance = (_CAMERA_ERROR * np.abs(moved - centre).max(1)) ** 2
    return moved, (motion[:, :, :2] @ velocity[:, :, None])[:, :, 0], variance
