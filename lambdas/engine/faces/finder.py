"""Detects the faces of detected people: head region, BlazeFace, assignment to a person, FaceMesh."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.faces import blazeface, facemesh
from engine.faces.assignment import assigned, central
from engine.faces.blazeface import BlazeFace
from engine.faces.face import Face
from engine.faces.facemesh import FaceMesh
from engine.faces.quality import quality
from engine.faces.regions import LEAST_FACE_PIXELS, Region, head_region

LEAST_FLAG = 0.5
"""The mesh fits a face to anything; its flag is near 1 on faces and below 0.1 on the backs of heads."""

MESH_MARGIN = 1.5
"""The crop's size by the face's: the mesh needs a quarter of the face's size around it."""

Floats = NDArray[np.float32]


class FrameView(Protocol):
    """The part of `engine.video.frames.segment_frames.Frame` that is needed here."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def crop(self, box: tuple[float, float, float, float], width: int, height: int) -> NDArray[np.uint8]:
        """The part `box` (ratios of the frame) from its full resolution, uint8 RGB (height, width, 3)."""
        ...


class FaceFinder:
    """Detects at most one face a person; one too small or too uncertain is left out."""

    def __init__(self, models: Path, threads: int) -> None:
        """Loads `blazeface.onnx` and `facemesh.onnx` from `models`. Raises FileNotFoundError."""
        self._detector = BlazeFace(models / "blazeface.onnx", threads)
        self._mesh = FaceMesh(models / "facemesh.onnx", threads)

    def find(self, frame: FrameView, person_boxes: Floats) -> list[Face | None]:
        """The face of each of `person_boxes`, (n, 4) left, top, width, height as ratios, or None.

        Meant for high-confidence detections: each box large enough costs about 2 ms, each face 4 ms more.
        """
        faces: list[Face | None] = [None] * len(person_boxes)
        detected = self._detect(frame, person_boxes)
        if not detected:
            return faces
        regions = [face.grown(MESH_MARGIN) for _, face in detected]
        crops = _crops(frame, regions, facemesh.INPUT)
        points, flags = self._mesh.measure(crops)
        for (person, _), region, crop, mesh, flag in zip(
            detected, regions, crops, points, flags, strict=True
        ):
            if flag >= LEAST_FLAG:
                faces[person] = _face(mesh, float(flag), region, crop, frame.size)
        return faces

    def _detect(self, frame: FrameView, boxes: Floats) -> list[tuple[int, Region]]:
        """(person, face) for each face that is large enough, each face once."""
        regions = [(person, head_region(box, frame.size)) for person, box in enumerate(boxes)]
        heads = [(person, region) for person, region in regions if region is not None]
        if not heads:
            return []
        found = self._detector.find(_crops(frame, [region for _, region in heads], blazeface.INPUT))
        detected = [
            (person, region.part(x, y, size))
            for (person, region), faces in zip(heads, found, strict=True)
            for _, x, y, size in central(faces)
        ]
        large = [(person, face) for person, face in detected if face.side >= LEAST_FACE_PIXELS]
        return assigned(large, boxes, frame.size)


def _crops(frame: FrameView, regions: list[Region], size: int) -> NDArray[np.uint8]:
    return np.stack([frame.crop(region.ratios(frame.size), size, size) for region in regions])


def _face(
    mesh: Floats, confidence: float, region: Region, crop: NDArray[np.uint8], frame_size: tuple[int, int]
) -> Face:
    left, top, width, height = region.ratios(frame_size)
    origin, scale = np.array([left, top], np.float32), np.array([width, height], np.float32)
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    rows, columns = (slice(*_pixels(low[axis], high[axis])) for axis in (1, 0))
    return Face(
        box=np.concatenate([origin + low * scale, (high - low) * scale]).astype(np.float32),
        confidence=confidence,
        landmarks=origin + facemesh.landmarks(mesh) * scale,
        pose=np.array(facemesh.pose(mesh), np.float32),
        quality=np.array(quality(crop[rows, columns]), np.float32),
    )


def _pixels(low: float, high: float) -> tuple[int, int]:
    """The crop's pixels from `low` to `high` (ratios), at least three of them."""
    start = min(max(int(low * facemesh.INPUT), 0), facemesh.INPUT - 3)
    return start, max(min(int(np.ceil(high * facemesh.INPUT)), facemesh.INPUT), start + 3)
