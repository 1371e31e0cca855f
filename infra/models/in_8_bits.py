"""Models in 8 bits, from those in floats and the ranges of their activations."""

from __future__ import annotations

import json
from pathlib import Path

import onnx

from infra.models.catalogue import In8Bits
from infra.models.quantization import quantized


def in_8_bits(model: In8Bits, floats: bytes) -> bytes:
    """The ONNX file of `model`, from that of the same model in floats. The same input always gives the same
    bytes."""
    made = quantized(onnx.load_from_string(floats), json.loads(ranges_file(model).read_text()))
    serialized: bytes = made.SerializeToString(deterministic=True)
    return serialized


def ranges_file(model: In8Bits) -> Path:
    """A JSON object: of each tensor in 8 bits, by its name, the least and the largest value.

    `python -m bench.detection.ranges` writes it.
    """
    return Path(__file__).with_name(f"{model.name}_ranges.json")
