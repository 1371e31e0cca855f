"""Detects people in single frames."""

from __future__ import annotations

from pathlib import Path

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections, Detector
from engine.detector.ensemble import Ensemble
from engine.detector.large_people import LargePeople
from engine.detector.movenet import LARGEST_BOX, MoveNet
from engine.detector.nanodet import NanoDet

__all__ = ["Detections", "Detector", "load_detector"]

BUNDLED_MODELS = Path(__file__).parents[1] / "models"
"""Where the zip carries the models, beside the package's own code."""

MOVENET_CALIBRATION = Calibration(slope=1.57, intercept=0.96)
"""Of the ensemble's fused scores, with MoveNet at full size."""

NANODET_CALIBRATION = Calibration(slope=1.92, intercept=1.22)
"""Of the ensemble's fused scores, with NanoDet at full size."""


def load_detector(name: str, threads: int, models: Path = BUNDLED_MODELS) -> Detector:
    """Loads a detector: `movenet` (higher recall, tighter boxes) or `nanodet` (half the cost).

    Either is an ensemble with NanoDet at half size, for a tenth to a fifth of its cost: MoveNet detects
    people who sit or are half occluded, but has false positives on table legs and misses heads and shoulders
    close by; NanoDet the other way round, and at half size it detects the largest people better.

    Args:
        name: `movenet` or `nanodet`.
        threads: that each model runs on; at least 1.
        models: the folder of the *.onnx files.

    Raises:
        ValueError: for another name.
        FileNotFoundError: a model is not in the folder.
    """
    if name not in ("movenet", "nanodet"):
        raise ValueError(f"There is no detector {name!r}; there are 'movenet' and 'nanodet'.")
    nanodet = NanoDet(models / "nanodet.onnx", threads)
    if name == "nanodet":
        return Ensemble(nanodet, nanodet, NANODET_CALIBRATION)
    movenet = LargePeople(MoveNet(models / "movenet.onnx", threads), LARGEST_BOX)
    return Ensemble(movenet, nanodet, MOVENET_CALIBRATION)
