"""The very same detections for everyone: of the product's detectors, or the benchmark's public ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.tracking.mosaic import mosaic
from bench.tracking.mot import Sequence, sequences
from engine.analysis.detections import SegmentDetections, still_camera
from engine.analysis.segment import Analyst
from engine.video.metadata import read_metadata
from engine.video.segments import Segment
from infra.models import prepared
from tools.clip import cache, demo_clip

DEMO_CLIP = "PETS09-S2L1"
"""This sequence's video is the demo clip, which plays at another rate than the benchmark states."""

_DEMO_CLIP_FPS = 10


@dataclass(frozen=True, eq=False)
class Material:
    """Detections in the analysed frames of one sequence.

    Attributes:
        sequence: the sequence they are of.
        seconds: float64 (length,), the time of every frame of the sequence.
        analysed: int64 (F,), the frames analysed, counted from 0.
        detections: of those frames.
        detector: the product's detector that they are of, "" for the benchmark's own.
    """

    sequence: Sequence
    seconds: npt.NDArray[np.float64]
    analysed: npt.NDArray[np.int64]
    detections: SegmentDetections
    detector: str = ""

    def since(self, first: int) -> Material:
        """The same of a video that begins at a later frame; for material of every frame."""
        full = self.detections
        rows = full.frame_of >= first
        camera = full.camera[first:].copy()
        camera[:1] = still_camera(1)
        late = SegmentDetections.of(
            full.timestamps_ms[first:] - full.timestamps_ms[first],
            full.frame_of[rows] - first,
            full.boxes[rows],
            full.scores[rows],
            camera=camera,
            appearance=full.appearance[rows],
        )
        seconds = self.seconds[first:] - self.seconds[first]
        return Material(self.sequence.since(first), seconds, np.arange(len(seconds)), late, self.detector)

    def at(self, hz: float | None) -> Material:
        """The same, analysed at another rate, as the product chooses frames; every frame when None."""
        if hz is None:
            return self
        # The frames on show at k / hz seconds: the last one not after each of these instants.
        instants = np.ceil(self.seconds[self.analysed] * hz - 1e-6)
        kept = np.nonzero(np.diff(instants, append=np.inf) > 0)[0]
        place = np.full(len(self.analysed), -1)
        place[kept] = np.arange(len(kept))
        rows = place[self.detections.frame_of] >= 0
        full = self.detections
        thinned = SegmentDetections.of(
            full.timestamps_ms[kept],
            place[full.frame_of[rows]],
            full.boxes[rows],
            full.scores[rows],
            camera=_composed(full.camera, kept),
            appearance=full.appearance[rows],
        )
        return replace(self, analysed=self.analysed[kept], detections=thinned)


def public(sequence: Sequence) -> Material:
    """The benchmark's public detections: no picture, so neither colours nor the camera's motion."""
    rows = sequence.public_detections()
    inside = rows.frames < sequence.length
    seconds = np.arange(sequence.length) / sequence.fps
    return Material(
        sequence,
        seconds,
        np.arange(sequence.length),
        SegmentDetections.of(
            _millis(seconds), rows.frames[inside], rows.boxes[inside], np.clip(rows.scores[inside], 0, 1)
        ),
    )


def video_of(sequence: Sequence) -> Path | None:
    """The sequence's video, where there is one."""
    if sequence.name == DEMO_CLIP:
        return demo_clip()
    return next(iter(sorted(sequence.folder.glob("*.mp4"))), None)


def filmed(root: Path) -> list[tuple[Sequence, Path]]:
    """The sequences under a folder whose camera stands still and that have a video, and a mosaic of PETS."""
    found = [
        (sequence, video)
        for sequence in sequences(root)
        if sequence.still and (video := video_of(sequence)) is not None
    ]
    for sequence, video in found[:]:
        if sequence.name == DEMO_CLIP:
            shown = mosaic(sequence, video, _DEMO_CLIP_FPS, cache() / "bench" / "mosaics")
            found += [(shown, made) for made in (video_of(shown),) if made is not None]
    return found


def own(sequence: Sequence, video: Path, detector: str) -> Material:
    """What the product's own first half finds in every frame of a video; kept in the cache."""
    kept = _kept_file(sequence, video, detector)
    with video.open("rb") as file:
        metadata = read_metadata(file)
        if not kept.exists():
            analyst = Analyst.load(detector, faces=False, hz=1000.0, models=prepared())
            found = analyst.analyse(file, Segment(0, 0, metadata.duration_millis + 1000))
            kept.parent.mkdir(parents=True, exist_ok=True)
            found.save(kept)
    found = SegmentDetections.load(kept)
    seconds = found.timestamps_ms / 1000
    length = min(sequence.length, len(seconds))
    if length < sequence.length:
        raise ValueError(f"{video} has {length} frames, {sequence.name} {sequence.length}")
    rows = found.frame_of < length
    return Material(
        sequence,
        seconds[:length],
        np.arange(length),
        SegmentDetections.of(
            found.timestamps_ms[:length],
            found.frame_of[rows],
            found.boxes[rows],
            found.scores[rows],
            camera=found.camera[:length],
            appearance=found.appearance[rows],
        ),
        detector,
    )


def _kept_file(sequence: Sequence, video: Path, detector: str) -> Path:
    """Where the detections are kept: another file for another video, model or code."""
    engine = Path(__file__).parents[2] / "lambdas" / "engine"
    sources = [
        *engine.glob("detector/*.py"),
        *engine.glob("video/**/*.py"),
        engine / "analysis" / "appearance.py",
    ]
    digest = hashlib.sha256()
    for path in [video, *sorted([*prepared().glob("*.onnx"), *sources])]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return cache() / "bench" / "tracking" / f"{sequence.name}-{detector}-{digest.hexdigest()[:16]}.npz"


def _millis(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.floor(seconds * 1000 + 1e-6).astype(np.int64)


def _composed(camera: npt.NDArray[np.float32], kept: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """Motion from kept frame to kept frame: the motions between them one after the other."""
    result = still_camera(len(kept))
    for position, (before, here) in enumerate(zip(kept[:-1].tolist(), kept[1:].tolist(), strict=True), 1):
        whole = np.eye(3)
        for step in camera[before + 1 : here + 1]:
            whole = np.vstack([step, [0, 0, 1]]) @ whole
        result[position] = whole[:2]
    return result
