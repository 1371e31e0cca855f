"""A compared library's tracker over prepared detections. Runs in a virtual environment of the bench's own.

``python library.py NAME JOBS``: JOBS is a JSON list of ``{"source", "target", "fps", "high_confidence"}``; a
source is an ``.npz`` of ``frames`` (N,) numbered without holes from 0, ``boxes`` (N, 4) left, top, width,
height in pixels, ``scores`` (N,) and ``count`` (). A target gets ``frames``, ``ids`` and ``boxes``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_FLOOR = 0.1
"""Detections of less confidence are given to no tracker: the libraries' own second stages begin here."""

Frames = Iterator[tuple[np.ndarray, np.ndarray]]
Found = Iterator[tuple[np.ndarray, np.ndarray]]


def _supervision_tracker(tracker: Any, frames: Frames) -> Found:
    import supervision

    for boxes, scores in frames:
        detections = supervision.Detections(
            xyxy=np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1).astype(np.float32),
            confidence=scores.astype(np.float32),
            class_id=np.zeros(len(scores), int),
        )
        seen = tracker.update(detections)
        ids = np.array([] if seen.tracker_id is None else seen.tracker_id, int)
        kept = ids >= 0
        corners = seen.xyxy[kept] if len(ids) else np.zeros((0, 4))
        yield ids[kept], np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)


def bytetrack(frames: Frames, fps: float, high_confidence: float) -> Found:
    from trackers import ByteTrackTracker

    return _supervision_tracker(
        ByteTrackTracker(
            frame_rate=fps,
            high_conf_det_threshold=high_confidence,
            track_activation_threshold=min(0.95, high_confidence + 0.1),
        ),
        frames,
    )


def ocsort(frames: Frames, fps: float, high_confidence: float) -> Found:
    from trackers import OCSORTTracker

    return _supervision_tracker(
        OCSORTTracker(frame_rate=fps, high_conf_det_threshold=high_confidence), frames
    )


def botsort(frames: Frames, fps: float, high_confidence: float) -> Found:
    from trackers import BoTSORTTracker

    return _supervision_tracker(
        BoTSORTTracker(
            frame_rate=fps,
            high_conf_det_threshold=high_confidence,
            track_activation_threshold=min(0.95, high_confidence + 0.1),
            enable_cmc=False,  # Its camera compensation asks for pictures, which public detections lack.
        ),
        frames,
    )


def norfair(frames: Frames, fps: float, high_confidence: float) -> Found:
    from norfair import Detection, Tracker

    tracker = Tracker(
        distance_function="iou",
        distance_threshold=0.7,
        initialization_delay=max(1, round(fps / 5)),
        hit_counter_max=max(3, round(fps)),
    )
    for boxes, scores in frames:
        shown = [
            Detection(np.array([box[:2], box[:2] + box[2:]]), scores=np.array([score, score]))
            for box, score in zip(boxes, scores, strict=True)
            if score >= high_confidence
        ]
        ids, found = [], []
        for person in tracker.update(detections=shown):
            if any(person.last_detection is one for one in shown):
                corners = person.estimate
                ids.append(person.id)
                found.append(np.concatenate([corners[0], corners[1] - corners[0]]))
        yield np.array(ids, int), np.array(found).reshape(-1, 4)


TRACKERS: dict[str, Callable[[Frames, float, float], Found]] = {
    "ByteTrack": bytetrack,
    "OC-SORT": ocsort,
    "BoT-SORT": botsort,
    "norfair": norfair,
}


def _frames(arrays: Any) -> Frames:
    edges = np.searchsorted(arrays["frames"], np.arange(int(arrays["count"]) + 1))
    boxes, scores = arrays["boxes"], arrays["scores"]
    for first, last in zip(edges[:-1], edges[1:], strict=True):  # noqa: RUF007 - pairs of edges
        shown = scores[first:last] >= _FLOOR
        yield boxes[first:last][shown], scores[first:last][shown]


def main(name: str, jobs: list[dict[str, Any]]) -> None:
    for job in jobs:
        with np.load(job["source"]) as arrays:
            begun = time.perf_counter()
            frames, ids, boxes = [], [], []
            for frame, (ids_now, boxes_now) in enumerate(
                TRACKERS[name](_frames(arrays), job["fps"], job["high_confidence"])
            ):
                frames.append(np.full(len(ids_now), frame))
                ids.append(ids_now)
                boxes.append(boxes_now)
            np.savez(
                job["target"],
                frames=np.concatenate([np.zeros(0, int), *frames]),
                ids=np.concatenate([np.zeros(0, int), *ids]),
                boxes=np.concatenate([np.zeros((0, 4)), *boxes]),
                seconds=time.perf_counter() - begun,
            )


if __name__ == "__main__":
    with open(sys.argv[2]) as file:
        main(sys.argv[1], json.load(file))
