"""Operations that move values about."""

from __future__ import annotations

from dataclasses import replace

from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.graph import Node
from infra.models.tfjs_to_onnx.onnx_builder import Value


def same(conversion: Conversion, node: Node) -> Value:
    return conversion.value(node)


def transpose(conversion: Conversion, node: Node) -> Value:
    value = conversion.value(node)
    permutation = [int(axis) for axis in conversion.array(node, 1)]
    pads = None if value.pads is None else tuple(value.pads[axis] for axis in permutation)
    return replace(value, axes=tuple(permutation.index(axis) for axis in value.axes), pads=pads)


def pad(conversion: Conversion, node: Node) -> Value:
    value = conversion.builder.padded(conversion.value(node))
    amounts = tuple((int(before), int(after)) for before, after in conversion.array(node, 1))
    if not any(before or after for before, after in amounts):
        return value
    fill = float(conversion.array(node, 2)) if len(node.inputs) > 2 else 0.0
    return replace(value, pads=amounts, fill=fill)


def concatenate(conversion: Conversion, node: Node) -> Value:
    builder = conversion.builder
    axis = int(conversion.array(node, len(node.inputs) - 1))
    first = builder.padded(conversion.value(node))
    names = [builder.ordered(conversion.value(node, i), first.axes).name for i in range(len(node.inputs) - 1)]
    return builder.emit("Concat", names, first, axis=first.axes.index(axis % len(first.axes)))
