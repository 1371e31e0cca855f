"""Evaluates a TensorFlow.js graph model in plain numpy, step by step as TensorFlow defines its operations.

It shares no code with the conversion that it checks: it reads the files itself and works channels last.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

Node = dict[str, Any]
"""A node of the graph, or a part of the file, as JSON."""


def evaluate(topology: Path, image: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
    """Runs the graph in `topology` on `image` (the placeholder's value) and answers the named tensors."""
    model = json.loads(topology.read_text())
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    results: dict[str, list[np.ndarray]] = {
        name: [value] for name, value in _weights(model, topology).items()
    }

    def tensor(reference: str) -> np.ndarray:
        name, _, output = reference.partition(":")
        pending = [name]
        while pending:
            node = nodes[pending[-1]]
            if node["name"] in results:
                pending.pop()
                continue
            missing = [i.split(":")[0] for i in node.get("input", []) if i.split(":")[0] not in results]
            if missing:
                pending.extend(missing)
                continue
            arguments = [_pick(results, i) for i in node.get("input", [])]
            value = image if node["op"] == "Placeholder" else _apply(node, arguments)
            results[node["name"]] = value if isinstance(value, list) else [value]
        return results[name][int(output or 0)]

    return [tensor(output) for output in outputs]


def _pick(results: dict[str, list[np.ndarray]], reference: str) -> np.ndarray:
    name, _, output = reference.partition(":")
    return results[name][int(output or 0)]


def _weights(model: Node, topology: Path) -> dict[str, np.ndarray]:
    data = b"".join((topology.parent / p).read_bytes() for g in model["weightsManifest"] for p in g["paths"])
    weights, offset = {}, 0
    for weight in (w for g in model["weightsManifest"] for w in g["weights"]):
        kind = np.dtype(weight["quantization"]["dtype"] if "quantization" in weight else weight["dtype"])
        count = int(np.prod(weight["shape"])) if weight["shape"] else 1
        raw = np.frombuffer(data[offset : offset + count * kind.itemsize], kind.newbyteorder("<"))
        weights[weight["name"]] = raw.astype(weight["dtype"]).reshape(weight["shape"])
        offset += count * kind.itemsize
    return weights


def _strings(node: Node, key: str) -> list[str]:
    listed = node["attr"].get(key, {}).get("list", {}).get("s", [])
    return [base64.b64decode(item).decode() for item in listed]


def _window(node: Node, key: str) -> list[int]:
    return [int(i) for i in node["attr"][key]["list"]["i"]][1:3]


def _same(size: int, kernel: int, stride: int) -> tuple[int, int]:
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def _windows(node: Node, x: np.ndarray, kernel: Sequence[int], fill: float) -> np.ndarray:
    """(n, out h, out w, c, kernel h, kernel w), padded as the node says."""
    strides = _window(node, "strides")
    if base64.b64decode(node["attr"]["padding"]["s"]) == b"SAME":
        pads = [_same(x.shape[1 + i], kernel[i], strides[i]) for i in range(2)]
        x = np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)
    views = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))
    return views[:, :: strides[0], :: strides[1]]


def _convolve(node: Node, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    windows = _windows(node, x, w.shape[:2], 0)
    if "Depthwise" in node["op"]:
        out = np.einsum("nxycij,ijcm->nxycm", windows, w)
        return out.reshape(*out.shape[:3], -1)
    n, height, width = windows.shape[:3]
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(n * height * width, -1)
    return (columns @ w.reshape(-1, w.shape[3])).reshape(n, height, width, -1)


def _fused(node: Node, arguments: list[np.ndarray]) -> np.ndarray:
    x = _convolve(node, *arguments[:2])
    rest = arguments[2:]
    for step in _strings(node, "fused_ops"):
        if step == "BiasAdd":
            x = x + rest.pop(0)
        elif step == "Relu":
            x = np.maximum(x, 0)
        elif step == "Relu6":
            x = np.clip(x, 0, 6)
        elif step == "Prelu":
            x = np.where(x > 0, x, x * rest.pop(0))
        else:
            raise NotImplementedError(step)
    return x


def _resize(x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Bilinear, half-pixel centres, borders clamped."""
    for axis, length in ((1, int(size[0])), (2, int(size[1]))):
        old = x.shape[axis]
        at = np.maximum((np.arange(length) + 0.5) * old / length - 0.5, 0)
        low = np.minimum(at.astype(int), old - 1)
        high = np.minimum(low + 1, old - 1)
        share = (at - low).reshape([-1 if i == axis else 1 for i in range(4)]).astype(np.float32)
        x = np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return x


def _strided(node: Node, x: np.ndarray, begin: np.ndarray, end: np.ndarray, step: np.ndarray) -> np.ndarray:
    assert int(node["attr"]["shrink_axis_mask"].get("i", 0)) in (0, 1)
    part = x[int(begin[0]) : int(end[0]) : int(step[0])]
    return part[0] if int(node["attr"]["shrink_axis_mask"].get("i", 0)) else part


def _apply(node: Node, a: list[np.ndarray]) -> np.ndarray | list[np.ndarray]:
    match node["op"]:
        case "_FusedConv2D" | "FusedDepthwiseConv2dNative" | "Conv2D" | "DepthwiseConv2dNative":
            return _fused(node, a)
        case "MaxPool":
            return _windows(node, a[0], _window(node, "ksize"), -np.inf).max((-1, -2))
        case "Add" | "AddV2":
            return a[0] + a[1]
        case "Sub":
            return a[0] - a[1]
        case "Mul":
            return a[0] * a[1]
        case "Relu":
            return np.maximum(a[0], 0)
        case "LeakyRelu":
            return np.where(a[0] > 0, a[0], a[0] * node["attr"]["alpha"]["f"])
        case "Prelu":
            return np.where(a[0] > 0, a[0], a[0] * a[1])
        case "Sigmoid":
            return 1 / (1 + np.exp(-a[0]))
        case "Pad" | "PadV2":
            return np.pad(a[0], a[1].tolist(), constant_values=a[2] if len(a) > 2 else 0)
        case "Transpose":
            return a[0].transpose(a[1])
        case "ConcatV2":
            return np.concatenate(a[:-1], int(a[-1]))
        case "ResizeBilinear":
            return _resize(a[0], a[1])
        case "Shape":
            return np.array(a[0].shape)
        case "StridedSlice":
            return _strided(node, *a)
        case "Cast":
            return a[0].astype(np.float32)
        case "Identity":
            return a[0]
    raise NotImplementedError(node["op"])
