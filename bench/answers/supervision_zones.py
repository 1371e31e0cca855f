"""`supervision`'s PolygonZone and LineZone on given paths, in the bench's own environment."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np

from bench.tracking.environments import python_of
from bench.tracking.material import Material
from bench.tracking.mot import Rows
from pipeline.answers.scenes.scene import Scene


def counted_by_supervision(
    rows: Rows, found: Material, scene: Scene, folder: Path
) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Crossings by line and direction, and seconds of dwell by zone; works in an empty folder."""
    sequence = found.sequence
    pixels = np.array([sequence.width, sequence.height])
    source, asked, target = folder / "rows.npz", folder / "scene.json", folder / "counted.json"
    scale = np.tile(pixels, 2)
    boxes = rows.boxes * scale
    boxes[:, 2:] += boxes[:, :2]
    np.savez(source, frames=rows.frames, ids=rows.ids, boxes=boxes, seconds=found.seconds)
    asked.write_text(
        json.dumps(
            {
                "lines": {line.name: (np.array(line.points) * pixels).tolist() for line in scene.lines},
                "zones": {zone.name: (np.array(zone.polygon) * pixels).tolist() for zone in scene.zones},
            }
        )
    )
    script = Path(__file__).with_name("library.py")
    subprocess.run(
        [str(python_of("requirements.txt")), str(script), str(source), str(asked), str(target)], check=True
    )
    answer = json.loads(target.read_text())
    crossings = Counter({tuple(name.split("/")): number for name, number in answer["crossings"].items()})
    return crossings, Counter(answer["dwell"])
