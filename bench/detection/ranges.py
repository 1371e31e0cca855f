"""``python -m bench.detection.ranges``: writes the ranges of activations by which models are put in 8 bits.

They are taken from the demo clip alone, so every other sequence shows what 8 bits lose on pictures that had
no part in it: from whole frames, and from quarters of frames, whose people are twice as large.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from engine.detector.input_size import input_size
from engine.video.frames.segment_frames import read_frames
from infra.models import prepared_in_floats
from infra.models.catalogue import IN_8_BITS
from infra.models.in_8_bits import ranges_file
from infra.models.quantization import folded
from tools.arguments import Parser
from tools.clip import demo_clip

_SIZES = {"movenet": (384,), "nanodet": (512, 256)}
"""Longer sides of the inputs at which the default runs each model."""

_STRETCHES = {"movenet": ("t17", "t161"), "nanodet": ("t4", "t151")}
"""The first and last tensor in 8 bits, by their names in the ONNX file; results stay in floats. Of MoveNet it
is the backbone but for the first layers, which have so few channels that 8 bits gain nothing. The heads
behind it give positions to a fraction of a pixel, which 8 bits do not have.
"""

_SECONDS, _HZ = 80, 0.2
"""How much of the clip is seen, and how often a second."""


def main() -> None:
    Parser(prog="python -m bench.detection.ranges", description=__doc__).parse_args()
    folder = prepared_in_floats()
    for model in IN_8_BITS:
        ranges = _ranges(onnx.load(folder / f"{model.name}.onnx"), model.name)
        lines = [f"{json.dumps(tensor)}: {json.dumps(bounds)}" for tensor, bounds in ranges.items()]
        ranges_file(model).write_text("{\n" + ",\n".join(lines) + "\n}\n")
        print(f"{ranges_file(model).name}: {len(ranges)} tensors")


def _ranges(model: onnx.ModelProto, name: str) -> dict[str, tuple[float, float]]:
    """The least and largest value of each tensor of the model's stretch, by its name."""
    nodes, _ = folded(model.graph, {node.output[0] for node in model.graph.node})
    every = [node.output[0] for node in nodes]
    first, last = _STRETCHES[name]
    tensors = every[every.index(first) : every.index(last) + 1]
    results = {node.input[0] for node in model.graph.node if node.op_type == "Identity"}
    tensors = [tensor for tensor in tensors if tensor not in results]
    del model.graph.output[:]
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(tensor, onnx.TensorProto.FLOAT, None) for tensor in tensors
    )
    options = onnxruntime.SessionOptions()
    # A fused operation's inner tensors would not be there.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    low, high = np.full(len(tensors), np.inf), np.full(len(tensors), -np.inf)
    for image in _pictures(_SIZES[name]):
        values = session.run(tensors, {"image": image[None]})
        low = np.minimum(low, [value.min() for value in values])
        high = np.maximum(high, [value.max() for value in values])
    return {
        tensor: (round(float(least), 4), round(float(largest), 4))
        for tensor, least, largest in zip(tensors, low, high, strict=True)
    }


def _pictures(sizes: tuple[int, ...]) -> Iterator[npt.NDArray[np.uint8]]:
    with demo_clip().open("rb") as file:
        for number, frame in enumerate(read_frames(file, 0, 1000 * _SECONDS, _HZ)):
            for size in sizes:
                width, height = input_size(*frame.size, size)
                yield frame.resized(width, height)
                top, left = (height * (number // 2 % 2), width * (number % 2))
                twice = frame.resized(2 * width, 2 * height)
                yield np.ascontiguousarray(twice[top : top + height, left : left + width])


if __name__ == "__main__":
    main()
