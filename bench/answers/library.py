"""Run by the bench's own environment: supervision's zones and lines on paths.

python library.py ROWS.npz SCENE.json TARGET.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import supervision as sv


def main() -> None:
    source, asked, target = map(Path, sys.argv[1:])
    rows, scene = np.load(source), json.loads(asked.read_text())
    feet = [sv.Position.BOTTOM_CENTER]
    lines = {
        name: sv.LineZone(sv.Point(*begin), sv.Point(*end), triggering_anchors=feet)
        for name, (begin, end) in scene["lines"].items()
    }
    zones = {
        name: sv.PolygonZone(np.array(polygon), triggering_anchors=feet)
        for name, polygon in scene["zones"].items()
    }
    dwell = dict.fromkeys(zones, 0.0)
    steps = np.diff(rows["seconds"], append=rows["seconds"][-1])
    for frame, step in enumerate(steps.tolist()):
        here = rows["frames"] == frame
        seen = sv.Detections(
            xyxy=rows["boxes"][here].astype(float).reshape(-1, 4),
            tracker_id=rows["ids"][here],
            class_id=np.zeros(int(here.sum()), int),
        )
        for line in lines.values():
            line.trigger(seen)
        for name, zone in zones.items():
            dwell[name] += step * int(zone.trigger(seen).sum())
    # Its "in" is to the left of the line, as seen in the picture and along its direction.
    crossings = {name: {"left": line.in_count, "right": line.out_count} for name, line in lines.items()}
    target.write_text(json.dumps({"crossings": crossings, "dwell": dwell}))


if __name__ == "__main__":
    main()
