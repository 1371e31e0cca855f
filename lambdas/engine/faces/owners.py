"""Whose face is whose, where several stand close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.faces.regions import Region

# A person's own head lies no further from the middle of the crop's width, as a share of it.
OFF_MIDDLE = 0.3
# Two faces nearer than half their size are one, seen in two people's crops.
SAME_FACE = 0.5

Floats = NDArray[np.float32]


def own(faces: Floats) -> Floats:
    """Of a crop's faces, rows (score, centre x, centre y, size), the best in the middle: one row or none."""
    best: Floats = faces[np.abs(faces[:, 1] - 0.5) < OFF_MIDDLE][:1]
    return best


def once_each(
    seen: list[tuple[int, Region]], boxes: Floats, frame_size: tuple[int, int]
) -> list[tuple[int, Region]]:
    """`seen`, (person, face), each face left to the person in the middle of whose box it is most.

    boxes: (n, 4), left, top, width, height as ratios, by person.
    """

    def off_middle(entry: tuple[int, Region]) -> float:
        person, face = entry
        left, _, width, _ = boxes[person]
        return abs(face.middle[0] / frame_size[0] - float(left + width / 2)) / max(float(width), 1e-6)

    kept: list[tuple[int, Region]] = []
    for person, face in sorted(seen, key=off_middle):
        if not any(_same(face, other) for _, other in kept):
            kept.append((person, face))
    return sorted(kept, key=lambda entry: entry[0])


def _same(face: Region, other: Region) -> bool:
    distance = np.hypot(face.middle[0] - other.middle[0], face.middle[1] - other.middle[1])
    return bool(distance < SAME_FACE * max(face.side, other.side))
