"""What the reference evaluator says of each model on a made-up image.

`python -m tests.unit.models.recorded GRAPHS` records it again, from the folder of the package's graphs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("recorded.npz")
SIZES = {"movenet": (128, 192), "nanodet": (416, 416), "blazeface": (256, 256), "facemesh": (192, 192)}
"""(height, width); NanoDet's graph writes its sizes down, the others would take any."""

KEPT = 500


def image(name: str) -> np.ndarray:
    """uint8 (1, height, width, 3): waves and blocks, different in each channel."""
    height, width = SIZES[name]
    y, x, channel = np.mgrid[:height, :width, :3]
    waves = 90 * np.sin(x / (9 + 3 * channel)) * np.cos(y / (13 - 2 * channel))
    blocks = 60 * (((x // 24) + (y // 32) + channel) % 2)
    return np.clip(100 + waves + blocks, 0, 255).astype(np.uint8)[None]


def sample(output: np.ndarray) -> np.ndarray:
    """At most `KEPT` values, evenly spread over an output (n, channels, height, width)."""
    flat = output.ravel()
    return flat[:: max(1, flat.size // KEPT)].astype(np.float32)


def record(graphs: Path) -> dict[str, np.ndarray]:
    from infra.models.catalogue import IN_FLOATS
    from tests.unit.models.reference import evaluate

    samples = {}
    for model in IN_FLOATS:
        pixels: np.ndarray = image(model.name).astype(np.float32)
        if model.name == "nanodet":
            # BGR, less ImageNet's mean, over its deviation, channels first.
            pixels = (pixels[..., ::-1] - [103.53, 116.28, 123.675]) / [57.375, 57.12, 58.395]
            pixels = pixels.astype(np.float32).transpose(0, 3, 1, 2)
        elif model.name == "blazeface":
            pixels = pixels / 127.5 - 1
        elif model.name == "facemesh":
            pixels = pixels / 255
        values = evaluate(graphs / f"{model.source}.json", pixels, list(model.outputs.values()))
        for name, value in zip(model.outputs, values, strict=True):
            samples[f"{model.name}.{name}"] = sample(value.transpose(0, 3, 1, 2))
    return samples


if __name__ == "__main__":
    np.savez_compressed(FILE, allow_pickle=False, **record(Path(sys.argv[1])))
