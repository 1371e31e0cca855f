"""Each TensorFlow.js operation expressed in ONNX: few of them, since the graphs are cut at the heads."""

from __future__ import annotations

from collections.abc import Callable

from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.convolutions import convolution, maximum_pool
from infra.models.tfjs_to_onnx.elementwise import elementwise, leaky_relu, prelu, unary
from infra.models.tfjs_to_onnx.graph import Node
from infra.models.tfjs_to_onnx.layout import concatenate, pad, same, transpose
from infra.models.tfjs_to_onnx.onnx_builder import Value
from infra.models.tfjs_to_onnx.resizing import resize

_OPERATORS: dict[str, Callable[[Conversion, Node], Value]] = {
    "Add": elementwise("Add"),
    "AddV2": elementwise("Add"),
    "Cast": same,
    "ConcatV2": concatenate,
    "Conv2D": convolution,
    "DepthwiseConv2dNative": convolution,
    "FusedDepthwiseConv2dNative": convolution,
    "Identity": same,
    "LeakyRelu": leaky_relu,
    "MaxPool": maximum_pool,
    "Mul": elementwise("Mul"),
    "Pad": pad,
    "PadV2": pad,
    "Prelu": prelu,
    "Relu": unary("Relu"),
    "ResizeBilinear": resize,
    "Sigmoid": unary("Sigmoid"),
    "Sub": elementwise("Sub"),
    "Transpose": transpose,
    "_FusedConv2D": convolution,
}

_SHAPE_ARITHMETIC = {"Shape", "StridedSlice"}
"""Sizes worked out from a tensor's shape are not needed here: `resize` looks through them for its factor."""


def add_node(conversion: Conversion, node: Node) -> None:
    """Adds `node` to the conversion. Raises NotImplementedError, naming it, for an unknown operation."""
    if node.name in conversion.graph.constants or node.op in _SHAPE_ARITHMETIC:
        return
    if node.op not in _OPERATORS:
        raise NotImplementedError(f"{node.op} ({node.name}) cannot be converted.")
    if any(conversion.graph.node(reference).op in _SHAPE_ARITHMETIC for reference in node.inputs):
        return
    conversion.values[node.name] = _OPERATORS[node.op](conversion, node)
