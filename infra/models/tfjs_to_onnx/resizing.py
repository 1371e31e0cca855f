"""Resizing of feature maps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.graph import Graph, Node
from infra.models.tfjs_to_onnx.onnx_builder import CHANNELS_FIRST, Value


def resize(conversion: Conversion, node: Node) -> Value:
    if not node.truth("half_pixel_centers") or node.truth("align_corners"):
        raise NotImplementedError(f"Only half-pixel resizing is converted, not that of {node.name}.")
    builder = conversion.builder
    value = builder.ordered(conversion.value(node), CHANNELS_FIRST)
    factor = _resize_factor(conversion, node, value)
    scales = builder.constant(np.array([1, 1, factor, factor], np.float32), "scales")
    result = builder.emit(
        "Resize",
        [value.name, "", scales],
        value,
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )
    return replace(result, stride=value.stride / factor)


def _resize_factor(conversion: Conversion, node: Node, value: Value) -> float:
    """By how much `node` grows its input, whether the size is written down or worked out from a shape."""
    reference = node.inputs[1]
    constants = conversion.graph.constants
    if reference in constants:
        native = _native_size(conversion.graph)
        return float(constants[reference][0]) * value.stride / native
    product = conversion.graph.node(reference)
    factors = [constants[name] for name in product.inputs if name in constants]
    if product.op != "Mul" or len(factors) != 1 or factors[0][0] != factors[0][1]:
        raise NotImplementedError(f"The size that {node.name} resizes to cannot be followed.")
    return float(factors[0][0])


def _native_size(graph: Graph) -> int:
    """Height of the image the graph was written for."""
    placeholder = next(node for node in graph.nodes if node.op == "Placeholder")
    sizes = [int(dimension["size"]) for dimension in placeholder.attributes["shape"]["shape"]["dim"]]
    return sizes[2]
