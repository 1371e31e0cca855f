"""Operations that treat each value by itself."""

from __future__ import annotations

from collections.abc import Callable

from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.graph import Array, Node
from infra.models.tfjs_to_onnx.onnx_builder import OnnxBuilder, Value


def elementwise(op: str) -> Callable[[Conversion, Node], Value]:
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


def unary(op: str) -> Callable[[Conversion, Node], Value]:
    def convert(conversion: Conversion, node: Node) -> Value:
        value = conversion.builder.padded(conversion.value(node))
        return conversion.builder.emit(op, [value.name], value)

    return convert


def leaky_relu(conversion: Conversion, node: Node) -> Value:
    value = conversion.builder.padded(conversion.value(node))
    return conversion.builder.emit("LeakyRelu", [value.name], value, alpha=node.number("alpha", 0.2))


def prelu(conversion: Conversion, node: Node) -> Value:
    return parametric_relu(conversion.builder, conversion.value(node), conversion.array(node, 1))


def parametric_relu(builder: OnnxBuilder, value: Value, slope: Array) -> Value:
    value = builder.padded(value)
    name = builder.constant(_broadcast(slope, value)[0], "slope")
    return builder.emit("PRelu", [value.name, name], value)


def _broadcast(array: Array, like: Value) -> Array:
    """`array` so that it broadcasts against `like` as stored."""
    if array.ndim == 0:
        return array
    return array.reshape((1,) * (len(like.axes) - array.ndim) + array.shape).transpose(like.axes)
