"""The tracker's settings. Lengths are in body heights (of the person in question), times in seconds.

No limit of time is shorter than `time_limits.LEAST_FRAMES` analysed frames, however far apart they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_BY_DETECTOR: Mapping[str, Mapping[str, float]] = {
    "movenet": {
        "high_confidence": 0.64,
        "low_confidence": 0.24,
        "least_track_confidence": 0.63,
        "least_brief_track_confidence": 0.81,
        "least_wide_track_confidence": 0.86,
        "least_still_track_confidence": 0.77,
        "least_single_confidence": 0.73,
        "walker_confidence": 0.44,
    },
    "nanodet": {
        "high_confidence": 0.6,
        "low_confidence": 0.2,
        "least_track_confidence": 0.6,
        "least_still_track_confidence": 0.75,
    },
    "far": {
        "high_confidence": 0.65,
        "low_confidence": 0.25,
        "least_track_confidence": 0.6,
        "least_still_track_confidence": 0.75,
    },
}
"""Where a detector's settings differ from the defaults, which are for detections of any other making. Chosen
on what ``bench.tracking.left_out`` tries; those of ``movenet`` then moved along when its calibration became a
little more generous, so that the tracks stayed as they were.
"""

_OWN_HIGH_CONFIDENCE_IOU = 0.35
"""`Settings.high_confidence_iou` for all of them: their boxes come with appearance, by which stitching joins
what this breaks. It gains 1 HOTA on TUD-Stadtmitte; without appearance it costs 3 to 4.
"""

_OWN_ERROR_SECONDS = 0.12
"""`Settings.error_seconds` for all of them. Measured on four sequences, of two detectors: across the picture
their errors correlate by 0.40 to 0.43 after 0.1 s, by 0.12 to 0.24 after 0.2 s, by 0.05 to 0.16 after 0.3 s.
"""


@dataclass(frozen=True)
class Settings:
    """Parameters of the tracker, chosen by cross-validation over sequences; few, and none in frames.

    Confidences are the detector's, 0..1. Without appearance descriptors (``appearance`` of no columns) an
    identity switch cannot be found out later, so those settings that have a ``motion_only_`` twin use it.

    Attributes:
        high_confidence: least confidence of a detection that may start a track. Raising it gives fewer false
            tracks and misses more people far away or half hidden.
        low_confidence: least confidence of a detection that may continue a track in the forward pass, and
            the mean, over time, of what recovery follows. Raising it ends tracks sooner under occlusion;
            lowering it lets them drift onto clutter.
        high_confidence_iou: least IoU of a prediction and a high-confidence detection. Raising it splits the
            tracks of people who move fast or turn; lowering it lets neighbours switch identities.
        low_confidence_iou: the same for a low-confidence detection.
        duplicate_iou: a low-confidence detection that overlaps a matched high-confidence one this much (IoU)
            is a second box on the same person. Raising it lets more of them continue other people's tracks.
        error_seconds: time in which the correlation of the detector's errors falls to 1/e; 0 where they are
            independent, or where it is not known. Raising it trusts many detections in a short time less.
        lost_seconds: how long the forward pass keeps predicting a track that is not detected. Raising it
            bridges longer occlusions, and switches more identities on the way.
        merge_coverage: a tracklet is split where another begins or ends with this share of its box in common.
            Raising it splits less often: fewer fragments, more identity switches that stay.
        crossing_iou: two tracklets are both split where their boxes overlap most, if this much (IoU; 1 is
            never). Raising it splits less often, as above.
        least_tracklet_seconds: after splitting, tracklets that cover less time than this are left to
            recovery; each detection covers the time between two analysed frames. At 5 Hz and more one alone
            is too little, at 3 Hz it is not. Raising it leaves stitching fewer tracklets of too little
            evidence, and longer gaps.
        stitch_log_odds: prior log-odds that an end and a beginning are one person. Raising it joins more.
        unoccluded_cost: what each second unseen with nobody in front takes from the log-odds of a stitch.
            Raising it joins less across gaps that no occlusion explains.
        stitch_seconds: the longest gap over which tracklets are joined. Raising it brings people back after
            longer absences, and joins more tracks of different people. Nothing is interpolated over longer
            gaps.
        rejoin_seconds: the longest absence after which somebody who vanished in the middle of the picture is
            joined with who appears there. Raising it brings people back after longer absences; how alike the
            people of the video look and how far away they come back limit it as well.
        motion_only_stitch_log_odds, motion_only_stitch_seconds, motion_only_lost_seconds,
            motion_only_least_track_confidence: in place of those without the prefix where there is no
            appearance. Raising them does the same.
        recovery_iou: least IoU of a predicted box and a detection added by recovery. Raising it adds fewer.
        least_track_confidence: a track whose upper quartile of confidence is below this is dropped as a
            false positive. Raising it drops more.
        least_brief_track_confidence: the same for a track that is hardly detected at all; between this and
            ``least_track_confidence`` by how long it is detected: most false positives flicker.
        least_wide_track_confidence: the same for tracks whose boxes are wider than people are.
        least_still_track_confidence: the same for a track that never moves by ``least_walk``: clutter and
            posters stay where they are.
        least_single_confidence: the same for a track of one detection, which low frame rates and videos of
            a frame or two have: of detections at 0.5 to 0.7 a third are false, above that a tenth.
        least_track_seconds: a track that covers less time than this, or than half of a short video, is
            dropped. Raising it drops more false
            positives, and people who only pass a corner of the frame.
        walker_confidence: least confidence of a detection that may start the track of a walker, and that its
            upper quartile must reach: what is on no track, but walks, is a person at less confidence than
            what stands still, as clutter does. Raising it misses more people far away or half hidden.
        least_walk: by how much a walker's place must change; of a track whose place changes less, more
            confidence is asked. Raising it drops more false positives, and people who hardly move.
        least_walk_seconds: for how long a walker must be detected. Raising it does the same.
    """

    high_confidence: float = 0.5
    low_confidence: float = 0.2
    high_confidence_iou: float = 0.3
    low_confidence_iou: float = 0.4
    duplicate_iou: float = 0.5
    error_seconds: float = 0.0
    lost_seconds: float = 0.6
    merge_coverage: float = 0.3
    crossing_iou: float = 0.3
    least_tracklet_seconds: float = 0.32
    stitch_log_odds: float = -3.0
    unoccluded_cost: float = 1.5
    stitch_seconds: float = 8.0
    rejoin_seconds: float = 60.0
    motion_only_stitch_log_odds: float = -5.0
    motion_only_stitch_seconds: float = 1.5
    motion_only_lost_seconds: float = 0.5
    motion_only_least_track_confidence: float = 0.9
    recovery_iou: float = 0.4
    least_track_confidence: float = 0.5
    least_brief_track_confidence: float = 0.8
    least_wide_track_confidence: float = 0.85
    least_still_track_confidence: float = 0.5
    least_single_confidence: float = 0.7
    least_track_seconds: float = 0.65
    walker_confidence: float = 0.4
    least_walk: float = 0.25
    least_walk_seconds: float = 1.0

    @classmethod
    def for_detector(cls, name: str) -> Settings:
        """The settings for one detector's detections; the defaults where nothing is known of it."""
        if name not in _BY_DETECTOR:
            return cls()
        return cls(
            high_confidence_iou=_OWN_HIGH_CONFIDENCE_IOU,
            error_seconds=_OWN_ERROR_SECONDS,
            **_BY_DETECTOR[name],
        )
