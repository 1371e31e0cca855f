"""Turns a TensorFlow.js graph model into an ONNX model that takes 8-bit RGB images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from infra.models.catalogue import Model
from infra.models.tfjs_to_onnx.conversion import Conversion
from infra.models.tfjs_to_onnx.graph import read_graph
from infra.models.tfjs_to_onnx.onnx_builder import CHANNELS_FIRST, OnnxBuilder, Value
from infra.models.tfjs_to_onnx.operators import add_node


def convert(model: Model, folder: Path) -> bytes:
    """The ONNX file of `model`, from its graph in `folder`. The same input always gives the same bytes."""
    graph = read_graph(folder / f"{model.source}.json")
    builder = OnnxBuilder()
    conversion = Conversion(graph, builder)
    for node in graph.leading_to(list(model.outputs.values())):
        if node.op == "Placeholder":
            sizes = [int(dimension["size"]) for dimension in node.attributes["shape"]["shape"]["dim"]]
            conversion.values[node.name] = _image(builder, model, channels_last=sizes[3] == 3)
        else:
            add_node(conversion, node)
    outputs = {name: conversion.values[source] for name, source in model.outputs.items()}
    outputs = {name: _channels_first(builder, value) for name, value in outputs.items()}
    onnx_model = builder.model(model.name, outputs, producer="people-pathing")
    serialized: bytes = onnx_model.SerializeToString(deterministic=True)
    return serialized


def _image(builder: OnnxBuilder, model: Model, channels_last: bool) -> Value:
    """The image as the graph takes it: reordered while still 8 bits wide, then widened and normalised."""
    value = builder.emit("Transpose", ["image"], Value("image", (0, 1, 2, 3)), perm=list(CHANNELS_FIRST))
    if model.blue_first:
        order = builder.constant(np.array([2, 1, 0], np.int64), "order")
        value = builder.emit("Gather", [value.name, order], value, axis=1)
    value = builder.emit("Cast", [value.name], value, to=1)
    if model.mean is not None:
        mean = np.array(model.mean, np.float32).reshape(1, -1, 1, 1)
        value = builder.emit("Sub", [value.name, builder.constant(mean, "mean")], value)
    if model.scale is not None:
        scale = np.array(model.scale, np.float32).reshape(1, -1, 1, 1)
        value = builder.emit("Mul", [value.name, builder.constant(scale, "scale")], value)
    axes = CHANNELS_FIRST if channels_last else (0, 1, 2, 3)
    return Value(value.name, axes)


def _channels_first(builder: OnnxBuilder, value: Value) -> Value:
    """An output as (n, channels, height, width), whichever of the two the graph calls its order."""
    value = builder.padded(value)
    if value.axes not in (CHANNELS_FIRST, (0, 1, 2, 3)):
        raise NotImplementedError(f"An output is stored in the order {value.axes}.")
    return value
