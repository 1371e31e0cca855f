"""The detectors and sizes that are compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.detection.int8 import quantized
from engine.detector import load_detector, movenet, nanodet
from engine.detector.detections import Detections, Detector
from engine.detector.input_size import input_size


class Resized:
    """`inner`, fed at another size than its own."""

    def __init__(self, inner: Detector, long_side: int) -> None:
        self.name = inner.name
        self._inner = inner
        self._long_side = long_side

    def input_size(self, frame_width: int, frame_height: int) -> tuple[int, int]:
        return input_size(frame_width, frame_height, self._long_side)

    def detect(self, image: Any) -> Detections:
        return self._inner.detect(image)


@dataclass(frozen=True)
class Variant:
    """What to compare under which name; loaded by `load(models, threads)`."""

    name: str
    load: Callable[[Path, int], Detector]


def _alone(detector: str, long_side: int) -> Variant:
    def load(models: Path, threads: int) -> Detector:
        kind = movenet.MoveNet if detector == "movenet" else nanodet.NanoDet
        return Resized(kind(models / f"{detector}.onnx", threads), long_side)

    return Variant(f"{detector} alone, {long_side}", load)


def _in_8_bits(detector: str, long_side: int) -> Variant:
    def load(models: Path, threads: int) -> Detector:
        kind = movenet.MoveNet if detector == "movenet" else nanodet.NanoDet
        with tempfile.TemporaryDirectory(prefix="bench-detection-") as folder:
            return kind(quantized(models / f"{detector}.onnx", long_side, Path(folder)), threads)

    return Variant(f"{detector} alone, {long_side}, int8", load)


def _product(detector: str) -> Variant:
    return Variant(
        f"{detector} (the product's)", lambda models, threads: load_detector(detector, threads, models)
    )


PRODUCT = [_product("movenet"), _product("nanodet")]
OTHERS = [
    *[_alone("movenet", long_side) for long_side in (384, 512, 640)],
    *[_alone("nanodet", long_side) for long_side in (224, 320, 448, 608)],
    _in_8_bits("movenet", movenet.LONG_SIDE),
    _in_8_bits("nanodet", nanodet.LONG_SIDE),
]
