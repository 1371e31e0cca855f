"""Paths at every frame of the ground truth: ours, and the ceiling that perfect association would reach."""

from __future__ import annotations

import lap
import numpy as np

from bench.tracking.material import Material
from bench.tracking.mot import Rows
from bench.tracking.scores import overlaps
from engine.tracker import Settings, Track, link
from engine.tracker.passes.finalize import finalize
from engine.tracker.passes.forward_pass import track_forward

_SAME = 0.5
"""A detection is a person's when it overlaps the true box this much (IoU)."""


def ours(material: Material, settings: Settings | None = None) -> Rows:
    """Our linker's paths; with the settings of the detector unless given."""
    settings = settings or Settings.for_detector(material.detector)
    tracks = link([material.detections], frame_aspect=material.sequence.aspect, settings=settings)
    return at_every_frame(tracks, material)


def ceiling(material: Material) -> Rows:
    """The same detections, each given its true identity; interpolated and smoothed as ours are."""
    identity = identities(material)
    store = track_forward([material.detections], material.sequence.aspect, Settings())
    tracks = []
    for index, person in enumerate(np.unique(identity[identity >= 0])):
        tracks.append(finalize(store, np.nonzero(identity == person)[0], index))
    return at_every_frame(tracks, material)


def at_every_frame(tracks: list[Track], material: Material) -> Rows:
    """Boxes at the frames between those analysed, by straight lines, as the product reports them."""
    paths = []
    millis = material.seconds * 1000
    for track in tracks:
        first = np.searchsorted(millis, track.timestamps_ms[0] - 0.5)
        last = np.searchsorted(millis, track.timestamps_ms[-1] + 0.5)
        frames = np.arange(first, last)[track.shows(millis[first:last])]
        when = millis[frames]
        boxes = np.stack([np.interp(when, track.timestamps_ms, side) for side in track.boxes.T], axis=1)
        paths.append((track.index, frames, boxes))
    return Rows.of_paths(paths)


def identities(material: Material) -> np.ndarray:
    """The true person (N,) of every detection, -1 where it is on nobody."""
    truth, detections = material.sequence.truth(), material.detections
    scale = np.array([material.sequence.aspect, 1, material.sequence.aspect, 1])
    identity = np.full(len(detections.boxes), -1)
    edges = np.searchsorted(truth.frames, np.arange(material.sequence.length + 1))
    for frame, rows in zip(material.analysed.tolist(), detections.rows_by_frame(), strict=True):
        true = slice(edges[frame], edges[frame + 1])
        overlap = overlaps(truth.boxes[true] * scale, detections.boxes[rows] * scale)
        if overlap.size == 0:
            continue
        _, found, _ = lap.lapjv(1 - overlap, extend_cost=True, cost_limit=1 - _SAME)
        for person, row in enumerate(found.tolist()):
            if row >= 0:
                identity[rows.start + row] = truth.ids[true][person]
    return identity
