"""How each TensorFlow.js operation of our models is said in ONNX: few, since the graphs are cut at the heads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from infra.models.graph import Array, Graph, Node
from infra.models.onnx_builder import CHANNELS_FIRST, OnnxBuilder, Value

# Padding with less than this before a maximum pool is the pool's own padding: nothing smaller can be in the
# tensor.
_LEAST = -1e30


class Conversion:
    """One graph being converted: the tensors made so far, by TensorFlow.js name."""

    def __init__(self, graph: Graph, builder: OnnxBuilder) -> None:
        self.graph = graph
        self.builder = builder
        self.values: dict[str, Value] = {}

    def add(self, node: Node) -> None:
        """Says `node` in ONNX. Raises NotImplementedError, naming it, for an operation that is not known."""
        if node.name in self.graph.constants or node.op in _SHAPE_ARITHMETIC:
            return
        if node.op not in _OPERATORS:
            raise NotImplementedError(f"{node.op} ({node.name}) cannot be converted.")
        if self._is_shape_arithmetic(node):
            return
        self.values[node.name] = _OPERATORS[node.op](self, node)

    def value(self, node: Node, position: int = 0) -> Value:
        """The tensor that `node` reads at `position`."""
        return self.values[node.inputs[position].removesuffix(":0")]

    def array(self, node: Node, position: int) -> Array:
        """The constant that `node` reads at `position`."""
        return self.graph.constants[node.inputs[position]]

    def _is_shape_arithmetic(self, node: Node) -> bool:
        return any(self.graph.node(reference).op in _SHAPE_ARITHMETIC for reference in node.inputs)


# Sizes worked out from a tensor's shape; `_resize` looks through them for the factor.
_SHAPE_ARITHMETIC = {"Shape", "StridedSlice"}


def _same(conversion: Conversion, node: Node) -> Value:
    return conversion.value(node)


def _convolution(conversion: Conversion, node: Node) -> Value:
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
        return _parametric(builder, value, rest.pop(0))
    raise NotImplementedError(f"The fused activation {kind} ({node.name}) cannot be converted.")


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


def _maximum_pool(conversion: Conversion, node: Node) -> Value:
    source, padding = _windowed(conversion, node, fill=_LEAST)
    size = node.integers("ksize")[1:3]
    strides = node.integers("strides")[1:3]
    return conversion.builder.emit(
        "MaxPool", [source.name], source, kernel_shape=size, strides=strides, **padding
    )


def _elementwise(op: str) -> Callable[[Conversion, Node], Value]:
    def convert(conversion: Conversion, node: Node) -> Value:
        builder = conversion.builder
        tensors = [reference for reference in node.inputs if reference not in conversion.graph.constants]
        like = builder.padded(conversion.values[tensors[0].removesuffix(":0")])
        names = []
        for position, reference in enumerate(node.inputs):
            if reference in conversion.graph.constants:
                names.append(builder.constant(_broadcast(conversion.array(node, position), like), "operand"))
            else:
                names.append(builder.ordered(conversion.value(node, position), like.axes).name)
        return builder.emit(op, names, like)

    return convert


def _broadcast(array: Array, like: Value) -> Array:
    """`array` so that it broadcasts against `like` as stored."""
    if array.ndim == 0:
        return array
    return array.reshape((1,) * (len(like.axes) - array.ndim) + array.shape).transpose(like.axes)


def _unary(op: str) -> Callable[[Conversion, Node], Value]:
    def convert(conversion: Conversion, node: Node) -> Value:
        value = conversion.builder.padded(conversion.value(node))
        return conversion.builder.emit(op, [value.name], value)

    return convert


def _leaky(conversion: Conversion, node: Node) -> Value:
    value = conversion.builder.padded(conversion.value(node))
    return conversion.builder.emit("LeakyRelu", [value.name], value, alpha=node.number("alpha", 0.2))


def _parametric(builder: OnnxBuilder, value: Value, slope: Array) -> Value:
    value = builder.padded(value)
    name = builder.constant(_broadcast(slope, value)[0], "slope")
    return builder.emit("PRelu", [value.name, name], value)


def _prelu(conversion: Conversion, node: Node) -> Value:
    return _parametric(conversion.builder, conversion.value(node), conversion.array(node, 1))


def _transpose(conversion: Conversion, node: Node) -> Value:
    value = conversion.value(node)
    permutation = [int(axis) for axis in conversion.array(node, 1)]
    pads = None if value.pads is None else tuple(value.pads[axis] for axis in permutation)
    return replace(value, axes=tuple(permutation.index(axis) for axis in value.axes), pads=pads)


def _pad(conversion: Conversion, node: Node) -> Value:
    value = conversion.builder.padded(conversion.value(node))
    amounts = tuple((int(before), int(after)) for before, after in conversion.array(node, 1))
    if not any(before or after for before, after in amounts):
        return value
    fill = float(conversion.array(node, 2)) if len(node.inputs) > 2 else 0.0
    return replace(value, pads=amounts, fill=fill)


def _concatenate(conversion: Conversion, node: Node) -> Value:
    builder = conversion.builder
    axis = int(conversion.array(node, len(node.inputs) - 1))
    first = builder.padded(conversion.value(node))
    names = [builder.ordered(conversion.value(node, i), first.axes).name for i in range(len(node.inputs) - 1)]
    return builder.emit("Concat", names, first, axis=first.axes.index(axis % len(first.axes)))


def _resize(conversion: Conversion, node: Node) -> Value:
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
    constants: Mapping[str, Array] = conversion.graph.constants
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


_OPERATORS: dict[str, Callable[[Conversion, Node], Value]] = {
    "Add": _elementwise("Add"),
    "AddV2": _elementwise("Add"),
    "Cast": _same,
    "ConcatV2": _concatenate,
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "FusedDepthwiseConv2dNative": _convolution,
    "Identity": _same,
    "LeakyRelu": _leaky,
    "MaxPool": _maximum_pool,
    "Mul": _elementwise("Mul"),
    "Pad": _pad,
    "PadV2": _pad,
    "Prelu": _prelu,
    "Relu": _unary("Relu"),
    "ResizeBilinear": _resize,
    "Sigmoid": _unary("Sigmoid"),
    "Sub": _elementwise("Sub"),
    "Transpose": _transpose,
    "_FusedConv2D": _convolution,
}
