"""The detectors that are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.detector import RECIPES, Recipe, assembled, load_detector
from engine.detector.calibration import Calibration
from engine.detector.detections import Detections, Detector, Image
from engine.detector.fusion import fuse
from engine.detector.large_people import LargePeople
from engine.detector.movenet import MoveNet
from engine.detector.nanodet import NanoDet
from engine.detector.resizing import resized
from engine.detector.scope import Scope
from engine.detector.session import ModelSession
from infra.models import prepared_in_floats


@dataclass(frozen=True)
class Variant:
    """What to compare under which name; loaded by `load(models, threads)`."""

    name: str
    load: Callable[[Path, int], Detector]


class _Before:
    """The default up to version 1, in floats: MoveNet at 512 and NanoDet at 256, whatever only one detects
    halved."""

    name = "before"
    _calibration = Calibration(slope=1.57, intercept=0.96)

    def __init__(self, threads: int) -> None:
        models = prepared_in_floats()
        self._large = LargePeople(MoveNet(ModelSession(models / "movenet.onnx", threads), 512))
        self._small = NanoDet(ModelSession(models / "nanodet.onnx", threads), 256)

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return self._large.input_size(frame_width, frame_height)

    def detect(self, image: Image) -> Detections:
        small = resized(image, *self._small.input_size(image.shape[1], image.shape[0]))
        everybody = Scope(10**6, 10**6, float("inf"))
        boxes, raw = fuse([self._large.detect(image), self._small.detect(small)], [everybody, everybody])
        return Detections(boxes, self._calibration.probability(raw))


def _alone(detector: str, long_side: int) -> Variant:
    def load(models: Path, threads: int) -> Detector:
        kind = MoveNet if detector == "movenet" else NanoDet
        return kind(ModelSession(models / f"{detector}.onnx", threads), long_side)

    return Variant(f"{detector} alone, {long_side}", load)


def _in_floats(detector: str, long_side: int) -> Variant:
    load = _alone(detector, long_side).load
    return Variant(
        f"{detector} alone, {long_side}, floats", lambda _, threads: load(prepared_in_floats(), threads)
    )


def _product(detector: str) -> Variant:
    return Variant(detector, lambda models, threads: load_detector(detector, threads, models))


def _other(movenet: int | None, *nanodet: int) -> Variant:
    recipe = Recipe(movenet, nanodet, RECIPES["movenet"].calibration)
    parts = [] if movenet is None else [f"M{movenet}"]
    name = " ".join(parts + [f"N{long_side}" for long_side in nanodet])
    return Variant(name, lambda models, threads: assembled(name, recipe, threads, models))


BASE = Variant("before", lambda _, threads: _Before(threads))
"""Costs are relative to it."""

PRODUCT = [BASE, *map(_product, RECIPES)]

OTHERS = [
    _other(384, 512),
    _other(320, 512, 256),
    _other(384, 640, 320),
    _other(320, 640, 256),
    _other(384, 768, 384),
    *map(partial(_alone, "movenet"), (256, 384, 512)),
    *map(partial(_alone, "nanodet"), (256, 512, 640, 896)),
    _in_floats("movenet", 384),
    _in_floats("nanodet", 512),
]
