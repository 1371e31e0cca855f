"""Collects ONNX nodes while remembering in which order each tensor's axes are stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from infra.models.tfjs_to_onnx.graph import Array

OPSET = 17
IR_VERSION = 8
CHANNELS_FIRST = (0, 3, 1, 2)


@dataclass(frozen=True)
class Value:
    """A tensor on its way through the conversion.

    `axes[i]` is the logical axis stored at position i: TensorFlow.js works channels last, onnxruntime is fast
    channels first, so a transposition only rewrites `axes` and no data ever moves.
    `pads` is padding (before, after) per logical axis that the consumer has yet to apply, with `fill`.
    `stride` is by how much the tensor is smaller than the model's input.
    """

    name: str
    axes: tuple[int, ...] = CHANNELS_FIRST
    pads: tuple[tuple[int, int], ...] | None = None
    fill: float = 0.0
    stride: float = 1.0


class OnnxBuilder:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, values: Array, name: str) -> str:
        """Stores `values` and returns the name they go by."""
        unique = f"{name}_{len(self.initializers)}"
        halves = _as_halves(values)
        stored = values if halves is None else halves
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(stored), unique))
        if halves is None:
            return unique
        # onnxruntime widens them once, when it loads the model.
        self.nodes.append(helper.make_node("Cast", [unique], [f"{unique}_wide"], to=TensorProto.FLOAT))
        return f"{unique}_wide"

    def emit(self, op: str, inputs: list[str], like: Value, **attributes: Any) -> Value:
        """Adds a node with one output, stored like `like` and with no padding left to apply."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return replace(like, name=name, pads=None, fill=0.0)

    def padded(self, value: Value) -> Value:
        """Applies the padding that `value` still carries."""
        if value.pads is None:
            return value
        stored = [value.pads[axis] for axis in value.axes]
        amounts = np.array([before for before, _ in stored] + [after for _, after in stored], np.int64)
        fill = np.array(value.fill, np.float32)
        return self.emit(
            "Pad", [value.name, self.constant(amounts, "pads"), self.constant(fill, "fill")], value
        )

    def ordered(self, value: Value, axes: tuple[int, ...]) -> Value:
        """`value` with its axes stored in the order `axes`."""
        value = self.padded(value)
        if value.axes == axes:
            return value
        permutation = [value.axes.index(axis) for axis in axes]
        return replace(self.emit("Transpose", [value.name], value, perm=permutation), axes=axes)

    def model(self, name: str, outputs: dict[str, Value], producer: str) -> onnx.ModelProto:
        """The finished model: `image` uint8 (n, height, width, 3) in, float32 (n, c, h, w) out."""
        image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", "height", "width", 3])
        results = []
        for output, value in outputs.items():
            self.nodes.append(helper.make_node("Identity", [value.name], [output]))
            results.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, _shape(output)))
        graph = helper.make_graph(self.nodes, name, [image], results, self.initializers)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_operatorsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name=producer,
        )
        onnx.checker.check_model(model)
        return model


def _as_halves(values: Array) -> Array | None:
    """Many float32 values in half the space where that loses nothing, as with most of these graphs."""
    if values.dtype != np.float32 or values.size < 1000:
        return None
    halves = values.astype(np.float16)
    return halves if np.array_equal(halves.astype(np.float32), values) else None


def _shape(output: str) -> list[str]:
    """Stored channels first; the sizes depend on the image's."""
    return ["n", f"{output}_channels", f"{output}_height", f"{output}_width"]
