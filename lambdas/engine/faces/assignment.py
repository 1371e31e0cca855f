"""Assignment of faces to people who stand close to one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.faces.regions import Region

_OFF_CENTRE = 0.3
"""A person's own head is no further from the middle of the crop, as a share of the crop's width."""

_SAME_FACE = 0.5
"""Two faces nearer than this share of their size are one, detected in two people's crops."""

Floats = NDArray[np.float32]


def central(faces: Floats) -> Floats:
    """Of a crop's faces, rows (score, centre x, centre y, size), the best near the middle: one or none."""
    best: Floats = faces[np.abs(faces[:, 1] - 0.5) < _OFF_CENTRE][:1]
    return best


def assigned(
    detected: list[tuple[int, Region]], boxes: Floats, frame_size: tuple[int, int]
) -> list[tuple[int, Region]]:
    """`detected`, (person, face), with each face only at the person whose box it is most central in.

    boxes: (n, 4), left, top, width, height as ratios, by person.
    """

    def off_centre(entry: tuple[int, Region]) -> float:
        person, face = entry
        left, _, width, _ = boxes[person]
        return abs(face.middle[0] / frame_size[0] - float(left + width / 2)) / max(float(width), 1e-6)

    kept: list[tuple[int, Region]] = []
    for person, face in sorted(detected, key=off_centre):
        if not any(_same(face, other) for _, other in kept):
            kept.append((person, face))
    return sorted(kept, key=lambda entry: entry[0])


def _same(face: Region, other: Region) -> bool:
    distance = np.hypot(face.middle[0] - other.middle[0], face.middle[1] - other.middle[1])
    return bool(distance < _SAME_FACE * max(face.side, other.side))
