"""One graph on its way into ONNX."""

from __future__ import annotations

from infra.models.tfjs_to_onnx.graph import Array, Graph, Node
from infra.models.tfjs_to_onnx.onnx_builder import OnnxBuilder, Value


class Conversion:
    """What has been converted so far: the tensors by their TensorFlow.js names."""

    def __init__(self, graph: Graph, builder: OnnxBuilder) -> None:
        self.graph = graph
        self.builder = builder
        self.values: dict[str, Value] = {}

    def value(self, node: Node, position: int = 0) -> Value:
        """The tensor that `node` reads at `position`."""
        return self.values[node.inputs[position].removesuffix(":0")]

    def array(self, node: Node, position: int) -> Array:
        """The constant that `node` reads at `position`."""
        return self.graph.constants[node.inputs[position]]
