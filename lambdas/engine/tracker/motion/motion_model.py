"""How people move in a picture and how a detector errs: the constants of the Kalman filter and of stitching.

Both assume a velocity that changes at random (white-noise acceleration, integrated exactly over any time
step) and lengths in body heights, so that one set serves near and far people and every analysis rate. That
a detector's errors last from frame to frame is `error_correlation`'s. The filter's process noise is larger
than stitching's: it judges one detection at a time, boxes that jump among them; stitching judges straight
lines fitted through the detections at both ends of a gap.

"Measured" below: on the ground truth of TUD-Stadtmitte, PETS09-S2L1 and the beginning of ADL-Rundle-6, as
root mean squares by sequence; velocities over one second; detections by MoveNet at an IoU of 0.5 and more.
Where they differ, the constant is nearer the larger, for people who do other things than walk past.
"""

from __future__ import annotations

import numpy as np

FILTER_CENTRE_NOISE = 0.04
"""Measurement noise of a box's centre in the filter: standard deviation in body heights. Measured: 0.02 to
0.05.
"""

FILTER_SIZE_NOISE = 0.05
"""Measurement noise of a box's width and height in the filter: standard deviation in body heights. Measured:
0.05 to 0.07.
"""

FILTER_CENTRE_PROCESS_NOISE = 0.45
"""By how much the centre's velocity strays in a second: standard deviation in body heights a second after
one second. Measured: 0.09 to 0.23 across, 0.01 to 0.06 down; chosen larger, and one value for both axes,
since boxes of people who turn or are half occluded jump either way.
"""

FILTER_SIZE_PROCESS_NOISE = 0.10
"""The same for the rates of width and height. Measured: 0.01 to 0.06. Raising it lets the size follow
half-hidden boxes.
"""

FILTER_CENTRE_SPEED = 0.60
"""Standard deviation of the centre's velocity at a track's birth, body heights a second. Measured: 0.28 to
0.55 across; a walk of 1.4 m/s across the picture is 0.8.
"""

FILTER_SIZE_SPEED = 0.10
"""The same for the rates of width and height. Measured: 0.02 to 0.06, and 0.13 for heights in ADL-Rundle-6,
where people walk up to the camera.
"""

FIT_CENTRE_NOISE = 0.05
"""Noise of a box's centre about the straight line fitted to a tracklet's end: standard deviation, body
heights. More than the filter's, as people do not walk on straight lines for a second.
"""

FIT_SPEED = np.array([0.6, 0.15])
"""Standard deviation of velocities across and down, body heights a second: what draws a fit through few
detections towards rest. Measured: 0.28 to 0.55 and 0.02 to 0.15.
"""

GAP_PROCESS_NOISE = np.array([0.35, 0.10])
"""By how much a velocity, across and down, strays in a second of a gap: standard deviation, body heights a
second after one second. Measured: 0.09 to 0.23 and 0.01 to 0.06 while people are in view; chosen larger,
since they go out of view where they turn and meet.
"""

STEADY_NOISE = 0.15
"""What `GAP_PROCESS_NOISE` is multiplied by for those who stand, or walk on as they did, through the gap.
Measured: 0.24, where there are two modes at all (PETS09-S2L1), of the larger one. Raising it joins more who
turn a little, and tells those who walk on less well from others.
"""

STEADY_SHARE = 0.3
"""Their share of all gaps. Measured: 0.27, of the same."""

OTHER_PERSON_SPEED = np.array([0.85, 0.2])
"""Standard deviation of the difference of the velocities of two people, across and down, body heights a
second: about √2 times `FIT_SPEED`.
"""

FASTEST = 4.0
"""Beyond this speed, body heights a second, no pair is considered: a sprint, or a camera's fast pan. Raising
it only judges more pairs, which their motion then excludes.
"""

FIT_HEIGHT_NOISE = 0.08
"""Noise of the difference of the logarithms of two heights: about √2 times a detection's 0.06."""

HEIGHT_DRIFT = 0.05
"""By how much the logarithm of someone's height changes in a second of a gap. Measured: 0.02 to 0.04."""

OTHER_PERSON_HEIGHT = 0.35
"""Standard deviation of the difference of the logarithms of two people's heights in one picture. Measured:
0.26, 0.27, and 0.81 in ADL-Rundle-6, seen from a person's own height. Raising it makes heights alike count
for more.
"""
