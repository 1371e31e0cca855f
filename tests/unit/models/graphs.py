"""Writes small TensorFlow.js graph models for the conversion's tests."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

Attribute = dict[str, Any]
"""An attribute of a node, as in TensorFlow's JSON."""


def text(value: str) -> Attribute:
    return {"s": base64.b64encode(value.encode()).decode()}


def texts(*values: str) -> Attribute:
    return {"list": {"s": [text(value)["s"] for value in values]}}


def integers(*values: int) -> Attribute:
    return {"list": {"i": [str(value) for value in values]}}


def window(padding: str, stride: int, *fused: str) -> Attribute:
    return {
        "padding": text(padding),
        "strides": integers(1, stride, stride, 1),
        "dilations": integers(1, 1, 1, 1),
        "fused_ops": texts(*fused),
    }


class GraphFile:
    """A graph in the making; `image` is its input."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        dimensions = {"shape": {"dim": [{"size": str(size)} for size in shape]}}
        self._nodes: list[dict[str, Any]] = [
            {"name": "image", "op": "Placeholder", "attr": {"shape": dimensions}}
        ]
        self._weights: list[dict[str, Any]] = []
        self._data = b""

    def constant(self, name: str, values: np.ndarray, half: bool = False) -> str:
        values = np.asarray(values)
        kind = "int32" if values.dtype.kind == "i" else "float32"
        weight: dict[str, Any] = {"name": name, "dtype": kind, "shape": list(values.shape)}
        if half:
            weight["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        self._weights.append(weight)
        self._data += values.astype("<f2" if half else np.dtype(kind).newbyteorder("<")).tobytes()
        self._nodes.append({"name": name, "op": "Const", "attr": {}})
        return name

    def node(self, name: str, op: str, inputs: list[str], **attributes: Attribute) -> str:
        self._nodes.append({"name": name, "op": op, "input": inputs, "attr": attributes})
        return name

    def write(self, folder: Path) -> Path:
        manifest = [{"paths": ["graph.bin"], "weights": self._weights}]
        model = {"modelTopology": {"node": self._nodes}, "weightsManifest": manifest}
        (folder / "graph.bin").write_bytes(self._data)
        (folder / "graph.json").write_text(json.dumps(model))
        return folder / "graph.json"
