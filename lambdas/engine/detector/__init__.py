"""Detects people in single frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.detector.calibration import Calibration
from engine.detector.detections import Detections, Detector, Member
from engine.detector.ensemble import Ensemble
from engine.detector.large_people import LargePeople
from engine.detector.movenet import MoveNet
from engine.detector.nanodet import NanoDet
from engine.detector.session import ModelSession

__all__ = ["RECIPES", "Detections", "Detector", "Recipe", "assembled", "load_detector"]

BUNDLED_MODELS = Path(__file__).parents[1] / "models"
"""Where the zip carries the models, beside the package's own code."""


@dataclass(frozen=True)
class Recipe:
    """What a detector consists of.

    Attributes:
        movenet: the longer side of MoveNet's input, in pixels; None for a detector without it.
        nanodet: the same of NanoDet, which runs once for each.
        calibration: of the fused scores.
    """

    movenet: int | None
    nanodet: tuple[int, ...]
    calibration: Calibration


RECIPES = {
    "movenet": Recipe(384, (512, 256), Calibration(slope=1.51, intercept=1.09)),
    "nanodet": Recipe(None, (448, 224), Calibration(slope=1.92, intercept=1.22)),
    "far": Recipe(256, (1024, 256), Calibration(slope=1.21, intercept=0.58)),
}


def load_detector(name: str, threads: int, models: Path = BUNDLED_MODELS) -> Detector:
    """Loads a detector: `movenet`, `nanodet` (half the cost) or `far` (twice the cost, for small people).

    Each is an ensemble. MoveNet detects people who sit or are half occluded, but has false positives on table
    legs and misses heads and shoulders close by; NanoDet the other way round. At a large input NanoDet
    detects people far away, at a small one, for a fraction of the cost, the largest ones better.

    Args:
        name: `movenet`, `nanodet` or `far`.
        threads: that each model runs on; at least 1.
        models: the folder of the *.onnx files.

    Raises:
        ValueError: for another name.
        FileNotFoundError: a model is not in the folder.
    """
    if name not in RECIPES:
        raise ValueError(f"There is no detector {name!r}; there are {', '.join(map(repr, RECIPES))}.")
    return assembled(name, RECIPES[name], threads, models)


def assembled(name: str, recipe: Recipe, threads: int, models: Path) -> Detector:
    """The detector of a recipe, under `name`. Raises FileNotFoundError for a missing model."""
    members: list[Member] = []
    if recipe.movenet is not None:
        movenet = MoveNet(ModelSession(models / "movenet.onnx", threads), recipe.movenet)
        members.append(LargePeople(movenet))
    session = ModelSession(models / "nanodet.onnx", threads)
    members += [NanoDet(session, long_side) for long_side in recipe.nanodet]
    return Ensemble(name, members, recipe.calibration)
