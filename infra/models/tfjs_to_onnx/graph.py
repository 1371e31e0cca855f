"""Reads a TensorFlow.js graph model (a JSON topology and one file of weights) into plain Python."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Node:
    """One operation: what it is called, what it does, whose results it reads (`name` or `name:output`)."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def integers(self, key: str) -> list[int]:
        return [int(value) for value in self.attributes[key]["list"].get("i", [])]

    def number(self, key: str, default: float = 0.0) -> float:
        return float(self.attributes.get(key, {}).get("f", default))

    def truth(self, key: str) -> bool:
        return bool(self.attributes.get(key, {}).get("b", False))

    def text(self, key: str) -> str:
        return base64.b64decode(self.attributes[key]["s"]).decode()

    def texts(self, key: str) -> list[str]:
        listed = self.attributes.get(key, {}).get("list", {}).get("s", [])
        return [base64.b64decode(value).decode() for value in listed]


@dataclass(frozen=True)
class Graph:
    """Operations in an order in which each comes after those it reads, and the constants by name."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, Array]

    def node(self, reference: str) -> Node:
        name = reference.removeprefix("^").split(":")[0]
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def leading_to(self, outputs: list[str]) -> list[Node]:
        """The operations that `outputs` need, inputs first; whatever follows the outputs is cut off."""
        ordered: list[Node] = []
        seen: set[str] = set()
        stack = [(self.node(output), False) for output in reversed(outputs)]
        while stack:
            node, inputs_done = stack.pop()
            if inputs_done:
                ordered.append(node)
            elif node.name not in seen:
                seen.add(node.name)
                stack.append((node, True))
                stack.extend((self.node(reference), False) for reference in reversed(node.inputs))
        return ordered


def read_graph(topology: Path) -> Graph:
    """Reads `topology` (model JSON) and the weight files it names; half-precision weights become float32."""
    model = json.loads(topology.read_text())
    constants: dict[str, Array] = {}
    for group in model["weightsManifest"]:
        data = b"".join((topology.parent / path).read_bytes() for path in group["paths"])
        constants.update(_weights(group["weights"], data))
    nodes = tuple(
        Node(node["name"], node["op"], tuple(node.get("input", ())), node.get("attr", {}))
        for node in model["modelTopology"]["node"]
    )
    return Graph(nodes, constants)


def _weights(specifications: list[dict[str, Any]], data: bytes) -> dict[str, Array]:
    weights: dict[str, Array] = {}
    offset = 0
    for weight in specifications:
        stored = weight.get("quantization", {}).get("dtype", weight["dtype"])
        if stored not in ("float16", "float32", "int32"):
            raise ValueError(f"Weight {weight['name']} is stored as {stored}, which is not handled.")
        little_endian = np.dtype(stored).newbyteorder("<")
        count = int(np.prod(weight["shape"], dtype=np.int64))
        values = np.frombuffer(data, little_endian, count, offset).reshape(weight["shape"])
        weights[weight["name"]] = values.astype(weight["dtype"])
        offset += count * little_endian.itemsize
    if offset != len(data):
        raise ValueError(f"The weights end at byte {offset}, the file at byte {len(data)}.")
    return weights
