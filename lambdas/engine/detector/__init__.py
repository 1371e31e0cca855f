"""Finds people in frames."""

from __future__ import annotations

from pathlib import Path

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections, Detector
from engine.detector.ensemble import SecondLook
from engine.detector.large_people import LargePeople
from engine.detector.movenet import LARGEST_BOX, MoveNet
from engine.detector.nanodet import NanoDet

__all__ = ["Detections", "Detector", "load_detector"]

# The zip carries the models beside the package's own code.
BUNDLED_MODELS = Path(__file__).parents[1] / "models"


# How chances follow from what both looks say together, see `Calibration`.
MOVENET_CALIBRATION = Calibration(slope=1.57, intercept=0.96)
NANODET_CALIBRATION = Calibration(slope=1.92, intercept=1.22)


def load_detector(name: str, threads: int, models: Path = BUNDLED_MODELS) -> Detector:
    """Loads a detector: `movenet` (finds more, fits better) or `nanodet` (costs half), run on `threads`
    threads.

    Either has NanoDet look again at half the size, for a tenth to a fifth of its cost: MoveNet sees people
    who sit or are half hidden but takes table legs for people and misses heads and shoulders close by;
    NanoDet the other way round, and from further away it sees the largest people better.

    `models` is the folder of the *.onnx files. Raises ValueError for another name and FileNotFoundError when
    a model is not in the folder.
    """
    if name not in ("movenet", "nanodet"):
        raise ValueError(f"There is no detector {name!r}; there are 'movenet' and 'nanodet'.")
    nanodet = NanoDet(models / "nanodet.onnx", threads)
    if name == "nanodet":
        return SecondLook(nanodet, nanodet, NANODET_CALIBRATION)
    movenet = LargePeople(MoveNet(models / "movenet.onnx", threads), LARGEST_BOX)
    return SecondLook(movenet, nanodet, MOVENET_CALIBRATION)
