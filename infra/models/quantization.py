"""Turns a model's convolutions into 8-bit ones (Jacob et al. 2018), from known ranges of its activations.

Activations are unsigned 8-bit numbers on one scale for each tensor; weights are signed ones on a scale for
each output channel. Written as pairs of QuantizeLinear and DequantizeLinear, which onnxruntime turns into
integer operations as it loads the model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, helper, numpy_helper

Array = NDArray[Any]
Range = tuple[float, float]

LARGEST_WEIGHT = 64
"""Of 127. Processors without VNNI add two products of an activation and a weight in 16 bits (VPMADDUBSW),
which larger weights overflow; 2 x 255 x 64 does not. So all processors compute the same.
"""

OPERATIONS = frozenset({"Conv", "LeakyRelu", "MaxPool", "Concat", "Add"})
"""Those that can run in 8 bits."""


def quantized(model: ModelProto, ranges: Mapping[str, Range]) -> ModelProto:
    """The same model, in 8 bits where `ranges` says so.

    ranges: by name, the least and largest value of each tensor that may be in 8 bits; values beyond are
        clipped. An operation runs in 8 bits when all tensors that it reads and gives may be.
    """
    nodes, arrays = folded(model.graph, ranges)
    quantization = _Quantization(arrays, ranges)
    for node in nodes:
        quantization.add(node)
    return quantization.model(model)


def folded(graph: GraphProto, in_8_bits: Collection[str]) -> tuple[list[NodeProto], dict[str, Array]]:
    """The nodes, and the constants in full width: what `quantized` works on.

    What is added to a convolution's result becomes its bias. Where the result is in 8 bits, it need not be
    clipped: the range does it.
    """
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    convolutions: dict[str, NodeProto] = {}
    nodes: list[NodeProto] = []
    for original in graph.node:
        node = NodeProto()
        node.CopyFrom(original)
        source, target = convolutions.get(node.input[0]), node.output[0]
        if node.op_type == "Cast" and node.input[0] in arrays:
            arrays[target] = arrays[node.input[0]].astype(np.float32)
        elif source and node.op_type == "Add" and len(source.input) == 2 and node.input[1] in arrays:
            arrays[node.input[1]] = arrays[node.input[1]].reshape(-1)
            source.input.append(node.input[1])
            source.output[0] = target
        elif source and node.op_type == "Clip" and target in in_8_bits:
            source.output[0] = target
        else:
            nodes.append(node)
            if node.op_type == "Conv":
                convolutions[target] = node
    return nodes, arrays


class _Quantization:
    """The nodes and constants so far."""

    def __init__(self, arrays: Mapping[str, Array], ranges: Mapping[str, Range]) -> None:
        self._arrays = dict(arrays)
        self._ranges = ranges
        self._nodes: list[NodeProto] = []
        self._scales: dict[str, np.float32] = {}

    def add(self, node: NodeProto) -> None:
        tensors = [name for name in node.input if name not in self._arrays]
        if node.op_type in OPERATIONS and all(name in self._ranges for name in (*tensors, *node.output)):
            for name in tensors:
                self._round(name)
            constants = self._weights(node) if node.op_type == "Conv" else []
            node.input[:] = [*map(_rounded, tensors), *constants]
            self._nodes.append(node)
            self._round(node.output[0])
        else:
            node.input[:] = [_rounded(name) if name in self._scales else name for name in node.input]
            self._nodes.append(node)

    def model(self, like: ModelProto) -> ModelProto:
        read = {name for node in self._nodes for name in node.input}
        kept = [numpy_helper.from_array(array, name) for name, array in self._arrays.items() if name in read]
        graph = helper.make_graph(self._nodes, like.graph.name, like.graph.input, like.graph.output, kept)
        made = helper.make_model(
            graph,
            opset_imports=like.opset_import,
            ir_version=like.ir_version,
            producer_name=like.producer_name,
        )
        onnx.checker.check_model(made)
        return made

    def _round(self, name: str) -> None:
        """Rounds a tensor to 8 bits, unless that is done: from then on it is read as `_rounded(name)`."""
        if name in self._scales:
            return
        low, high = min(0.0, self._ranges[name][0]), max(0.0, self._ranges[name][1])
        scale = np.float32((high - low) / 255)
        zero = np.uint8(round(-low / float(scale)))
        self._scales[name] = scale
        self._emit("QuantizeLinear", name, f"{name}_whole", scale, zero)
        self._emit("DequantizeLinear", f"{name}_whole", _rounded(name), scale, zero)

    def _weights(self, node: NodeProto) -> list[str]:
        """The names of a convolution's weights and bias in whole numbers, made from those in floats."""
        weights = self._arrays[node.input[1]].astype(np.float32)
        largest = np.abs(weights).reshape(len(weights), -1).max(axis=1)
        steps = np.maximum(largest / np.float32(LARGEST_WEIGHT), np.float32(1e-9))
        whole = np.rint(weights / steps.reshape(-1, 1, 1, 1)).astype(np.int8)
        names = [self._constant(f"{node.output[0]}_weights", whole, steps)]
        if len(node.input) > 2:
            steps = steps * self._scales[node.input[0]]
            bias = np.rint(self._arrays[node.input[2]] / steps.astype(float)).astype(np.int32)
            names.append(self._constant(f"{node.output[0]}_bias", bias, steps))
        return names

    def _constant(self, name: str, whole: Array, steps: Array) -> str:
        """Stores whole numbers, steps by output channel; returns the name by which they are read."""
        self._arrays[name] = whole
        self._emit("DequantizeLinear", name, _rounded(name), steps, np.zeros(len(steps), whole.dtype), axis=0)
        return _rounded(name)

    def _emit(self, op: str, source: str, target: str, step: Any, zero: Any, **attributes: Any) -> None:
        for kind, value in (("step", step), ("zero", zero)):
            self._arrays[f"{target}_{kind}"] = np.asarray(value)
        inputs = [source, f"{target}_step", f"{target}_zero"]
        self._nodes.append(helper.make_node(op, inputs, [target], **attributes))


def _rounded(name: str) -> str:
    return f"{name}_rounded"
