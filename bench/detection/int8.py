"""A model in 8 bits, as onnxruntime quantizes it, to weigh what it loses against what it saves."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from engine.detector.input_size import input_size
from engine.video.frames.segment_frames import read_frames
from tools.clip import demo_clip

_PICTURES_EVERY_HZ, _PICTURES = 0.5, 32
"""The ranges of activations are taken from so many pictures of the demo clip, two seconds apart."""


def quantized(model: Path, long_side: int, folder: Path) -> Path:
    """Writes `model`, an ONNX file, with 8-bit convolutions into `folder`; answers the new file.

    long_side: of the pictures that its ranges are calibrated on.
    """
    inferred, target = folder / f"{model.stem}-inferred.onnx", folder / f"{model.stem}-int8.onnx"
    quant_pre_process(str(model), str(inferred), skip_symbolic_shape=True)
    logging.disable(logging.WARNING)
    quantize_static(
        str(inferred),
        str(target),
        _Pictures(long_side),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=["Conv", "Add", "Relu", "Clip", "MaxPool", "Concat"],
    )
    logging.disable(logging.NOTSET)
    return target


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Pictures of the demo clip as a model takes them."""

    def __init__(self, long_side: int) -> None:
        with demo_clip().open("rb") as file:
            frames = read_frames(file, 0, 1000 * int(_PICTURES / _PICTURES_EVERY_HZ), _PICTURES_EVERY_HZ)
            self._images = iter(
                [frame.resized(*input_size(*frame.size, long_side))[None] for frame in frames]
            )

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        image = next(self._images, None)
        return None if image is None else {"image": image}
