"""Finds people in frames."""

from __future__ import annotations

from pathlib import Path

from engine.detector.detections import Detections, Detector
from engine.detector.movenet import MoveNet
from engine.detector.nanodet import NanoDet

__all__ = ["Detections", "Detector", "load_detector"]

# The zip carries the models beside the package's own code.
BUNDLED_MODELS = Path(__file__).parents[1] / "models"


def load_detector(name: str, threads: int, models: Path = BUNDLED_MODELS) -> Detector:
    """Loads a detector: `movenet` (finds more) or `nanodet` (costs a third), run on `threads` threads.

    `models` is the folder of the *.onnx files. Raises ValueError for another name and FileNotFoundError when
    the model is not in the folder.
    """
    if name == "movenet":
        return MoveNet(models / "movenet.onnx", threads)
    if name == "nanodet":
        return NanoDet(models / "nanodet.onnx", threads)
    raise ValueError(f"There is no detector {name!r}; there are 'movenet' and 'nanodet'.")
