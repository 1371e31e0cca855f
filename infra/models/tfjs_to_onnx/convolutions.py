"""Convolutions and pools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.elementwise import parametric_relu
from infra.models.tfjs_to_onnx.graph import Array, Node
from infra.models.tfjs_to_onnx.onnx_builder import CHANNELS_FIRST, Value

_LEAST = -1e30
"""Padding with less than this before a maximum pool is the pool's own: nothing in the tensor is smaller."""


def convolution(conversion: Conversion, node: Node) -> Value:
    weights = conversion.array(node, 1)
    depthwise = "Depthwise" in node.op
    groups = weights.shape[2] if depthwise else 1
    # Both are (height, width, in, out-per-in or out) there, and (out, in / groups, height, width) here.
    if depthwise:
        height, width, channels, multiplier = weights.shape
        kernel = weights.reshape(height, width, 1, channels * multiplier).transpose(3, 2, 0, 1)
    else:
        kernel = weights.transpose(3, 2, 0, 1)
    rest = [conversion.array(node, position) for position in range(2, len(node.inputs))]
    fused = node.texts("fused_ops")
    biases = [rest.pop(0)] if "BiasAdd" in fused else []
    source, padding = _windowed(conversion, node, fill=0.0)
    builder = conversion.builder
    names = [builder.constant(array, "weights") for array in [kernel, *biases]]
    result = builder.emit(
        "Conv",
        [source.name, *names],
        source,
        kernel_shape=list(kernel.shape[2:]),
        strides=node.integers("strides")[1:3],
        dilations=node.integers("dilations")[1:3],
        group=groups,
        **padding,
    )
    for activation in fused:
        result = _activation(conversion, node, activation, result, rest)
    return result


def _activation(conversion: Conversion, node: Node, kind: str, value: Value, rest: list[Array]) -> Value:
    builder = conversion.builder
    if kind == "BiasAdd":
        return value
    if kind == "Relu6":
        limits = [builder.constant(np.array(limit, np.float32), "limit") for limit in (0.0, 6.0)]
        return builder.emit("Clip", [value.name, *limits], value)
    if kind == "Relu":
        return builder.emit("Relu", [value.name], value)
    if kind == "Prelu":
        return parametric_relu(builder, value, rest.pop(0))
    raise NotImplementedError(f"The fused activation {kind} ({node.name}) cannot be converted.")


def maximum_pool(conversion: Conversion, node: Node) -> Value:
    source, padding = _windowed(conversion, node, fill=_LEAST)
    size = node.integers("ksize")[1:3]
    strides = node.integers("strides")[1:3]
    return conversion.builder.emit(
        "MaxPool", [source.name], source, kernel_shape=size, strides=strides, **padding
    )


def _windowed(conversion: Conversion, node: Node, fill: float) -> tuple[Value, dict[str, object]]:
    """The channels-first input of a convolution or pool and its padding, a pending one taken into it."""
    value = conversion.value(node)
    stride = value.stride * node.integers("strides")[1]
    pads = value.pads
    spatial_only = pads is not None and pads[0] == (0, 0) and pads[3] == (0, 0)
    fits = value.fill <= _LEAST if fill <= _LEAST else value.fill == fill
    if node.text("padding") == "VALID" and pads is not None and spatial_only and fits:
        value = conversion.builder.ordered(replace(value, pads=None), CHANNELS_FIRST)
        (top, bottom), (left, right) = pads[1], pads[2]
        return replace(value, stride=stride), {"pads": [top, left, bottom, right]}
    value = conversion.builder.ordered(value, CHANNELS_FIRST)
    automatic = "SAME_UPPER" if node.text("padding") == "SAME" else "VALID"
    return replace(value, stride=stride), {"auto_pad": automatic}
