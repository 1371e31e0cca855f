"""How people move in a picture and how a detector errs: the constants of the Kalman filter and of stitching.

Both assume a velocity that changes at random (white-noise acceleration, integrated exactly over any time
step) and lengths in body heights, so that one set serves near and far people and every analysis rate. The
filter's noise is larger than stitching's: it judges one detection at a time, whose errors are correlated from
frame to frame; stitching judges straight lines fitted through the detections at both ends of a gap.
"""

from __future__ import annotations

import numpy as np

FILTER_CENTRE_NOISE = 0.04
"""Measurement noise of a box's centre in the filter: standard deviation in body heights."""

FILTER_SIZE_NOISE = 0.05
"""Measurement noise of a box's width and height in the filter: standard deviation in body heights."""

FILTER_CENTRE_PROCESS_NOISE = 0.45
"""By how much the centre's velocity strays in a second: standard deviation in body heights a second after
one second. One value for both axes: the picture of someone who turns jumps either way.
"""

FILTER_SIZE_PROCESS_NOISE = 0.10
"""The same for the rates of width and height. Size changes slowly: it must not follow a half-hidden box."""

FILTER_CENTRE_SPEED = 0.60
"""Standard deviation of the centre's velocity at a track's birth, body heights a second: a walk of 1.4 m/s
is about 0.8 across the picture and less along the line of sight.
"""

FILTER_SIZE_SPEED = 0.10
"""The same for the rates of width and height."""

FIT_CENTRE_NOISE = 0.05
"""Noise of a box's centre about the straight line fitted to a tracklet's end: standard deviation, body
heights. More than the filter's, as people do not walk on straight lines for a second.
"""

FIT_SPEED = np.array([0.6, 0.15])
"""Standard deviation of velocities across and down, body heights a second: what draws a fit through few
detections towards rest. Down is less: it takes a walk towards the camera to move a foot down the picture.
"""

GAP_PROCESS_NOISE = np.array([0.35, 0.10])
"""By how much a velocity, across and down, strays in a second of a gap: standard deviation, body heights a
second after one second.
"""

STRANGER_SPEED = np.array([0.85, 0.2])
"""Standard deviation of the difference of two strangers' velocities, across and down, body heights a second:
about √2 times `FIT_SPEED`.
"""

FASTEST = 4.0
"""Beyond this speed, body heights a second, no pair is considered: a sprint, or a camera's fast pan."""

FIT_HEIGHT_NOISE = 0.08
"""Noise of the logarithm of a height taken from a tracklet's end."""

HEIGHT_DRIFT = 0.05
"""By how much the logarithm of someone's height changes in a second of a gap."""

STRANGER_HEIGHT = 0.35
"""Standard deviation of the difference of the logarithms of two strangers' heights."""
