"""The tracker: the detections of a whole video in, one track a person out.

The passes of `link`, in order, each a module of `passes`::

    forward_pass   online association of detections to tracklets (Kalman filter, two confidences)
    splitting      tracklets split wherever identities may have been switched
    stitching      re-identification: tracklets joined across gaps, by motion, size and appearance
    pruning        short tracks and false positives dropped
    recovery       low-confidence detections added in gaps and before the first detection
    rejoining      tracks joined whose person vanished in full view and came back
    walkers        people of too little confidence for all of that, who walk
    finalize       gaps interpolated, boxes smoothed, long absences left out
    link_confidence  how sure each join is
"""

from engine.tracker.linking import link
from engine.tracker.settings import Settings
from engine.tracker.track import Track

__all__ = ["Settings", "Track", "link"]
