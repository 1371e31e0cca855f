"""`supervision`'s PolygonZone and LineZone on given paths, in the bench's own environment."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.tracking.environments import python_of
from bench.tracking.material import Material
from bench.tracking.mot import Rows, Sequence
from pipeline.answers.scenes.scene import Scene


def counted_by_supervision(
    rows: Rows, found: Material, scene: Scene, folder: Path
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Crossings by line and direction, and seconds of dwell by zone; works in an empty folder."""
    source, asked, target = folder / "rows.npz", folder / "scene.json", folder / "counted.json"
    boxes = corners(rows, found.sequence)
    np.savez(source, frames=rows.frames, ids=rows.ids, boxes=boxes, seconds=found.seconds)
    asked.write_text(json.dumps(in_pixels(scene, found.sequence)))
    script = Path(__file__).with_name("library.py")
    subprocess.run(
        [str(python_of("requirements.txt")), str(script), str(source), str(asked), str(target)], check=True
    )
    answer = json.loads(target.read_text())
    return directed(answer["crossings"], scene), Counter(answer["dwell"])


def corners(rows: Rows, sequence: Sequence) -> npt.NDArray[np.float64]:
    """Left, top, right and bottom (N, 4) in pixels, within the picture as the product takes them to be."""
    boxes = rows.boxes.astype(np.float64)
    boxes[:, 2:] += boxes[:, :2]
    size = np.array([sequence.width, sequence.height] * 2)
    inside: npt.NDArray[np.float64] = np.clip(boxes * size, 0, size - 1)
    return inside


def in_pixels(scene: Scene, sequence: Sequence) -> dict[str, Any]:
    """The scene's lines and zones by name."""
    size = np.array([sequence.width, sequence.height])
    return {
        "lines": {line.name: (np.array(line.points) * size).tolist() for line in scene.lines},
        "zones": {zone.name: (np.array(zone.polygon) * size).tolist() for zone in scene.zones},
    }


def directed(crossings: dict[str, dict[str, int]], scene: Scene) -> Counter[tuple[str, str]]:
    """Crossings to the left and right of each line, as in and out by the scene's word."""
    inner = {line.name: line.inner for line in scene.lines}
    return Counter(
        {
            (name, "in" if side == inner[name] else "out"): number
            for name, sides in crossings.items()
            for side, number in sides.items()
        }
    )
