"""Each converted operation does what TensorFlow.js defines, on small graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.detector.session import ModelSession
from infra.models.catalogue import Model
from infra.models.tfjs_to_onnx.convert import convert
from tests.unit.models.graphs import GraphFile, integers, window
from tests.unit.models.reference import evaluate

HALF_PIXEL = {"half_pixel_centers": {"b": True}, "align_corners": {"b": False}}
RANDOM = np.random.default_rng(7)


def weights(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


def check(
    graph: GraphFile,
    tmp_path: Path,
    output: str,
    height: int = 12,
    width: int = 16,
    channels_first: bool = False,
) -> None:
    """The converted graph's `output` is the reference evaluator's."""
    topology = graph.write(tmp_path)
    model = Model("graph", "graph", {"result": output}, sha256="")
    (tmp_path / "graph.onnx").write_bytes(convert(model, tmp_path))
    pixels = RANDOM.integers(0, 256, (1, height, width, 3), np.uint8)
    placeholder = pixels.astype(np.float32)
    if channels_first:
        placeholder = placeholder.transpose(0, 3, 1, 2)
    (expected,) = evaluate(topology, placeholder, [output])
    (result,) = ModelSession(tmp_path / "graph.onnx", threads=1).run(["result"], pixels)
    expected = expected if channels_first else expected.transpose(0, 3, 1, 2)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(("height", "width"), [(12, 16), (13, 15)])
def test_convolution_pads_as_tensorflow_does(
    tmp_path: Path, padding: str, stride: int, height: int, width: int
) -> None:
    graph = GraphFile((1, -1, -1, 3))
    kernel, bias = graph.constant("w", weights(3, 3, 3, 5)), graph.constant("b", weights(5))
    graph.node("out", "_FusedConv2D", ["image", kernel, bias], **window(padding, stride, "BiasAdd", "Relu6"))
    check(graph, tmp_path, "out", height, width)


@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_convolution_keeps_channels_apart(tmp_path: Path, multiplier: int) -> None:
    graph = GraphFile((1, -1, -1, 3))
    kernel = graph.constant("w", weights(3, 3, 3, multiplier))
    graph.node("out", "DepthwiseConv2dNative", ["image", kernel], **window("SAME", 2))
    check(graph, tmp_path, "out")


def test_parametric_activations_take_a_slope_for_each_channel(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    kernel, bias, slope = (
        graph.constant("w", weights(1, 1, 3, 4)),
        graph.constant("b", weights(4)),
        graph.constant("s", weights(1, 1, 4)),
    )
    inputs = ["image", kernel, bias, slope]
    graph.node("conv", "_FusedConv2D", inputs, **window("SAME", 1, "BiasAdd", "Prelu"))
    graph.node("out", "Prelu", ["conv", slope])
    check(graph, tmp_path, "out")


def test_half_precision_weights_lose_nothing(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    kernel = graph.constant("w", weights(3, 3, 3, 64), half=True)
    graph.node("out", "Conv2D", ["image", kernel], **window("SAME", 1))
    check(graph, tmp_path, "out")


def test_padding_before_a_convolution_or_a_pool_becomes_its_own(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    amounts = graph.constant("amounts", np.array([[0, 0], [1, 2], [2, 1], [0, 0]], np.int32))
    lowest = graph.constant("lowest", np.array(-3.4e38, np.float32))
    kernel = graph.constant("w", weights(3, 3, 3, 2))
    graph.node("padded", "Pad", ["image", amounts])
    graph.node("conv", "Conv2D", ["padded", kernel], **window("VALID", 1))
    graph.node("padded again", "PadV2", ["conv", amounts, lowest])
    graph.node("out", "MaxPool", ["padded again"], ksize=integers(1, 3, 3, 1), **window("VALID", 2))
    check(graph, tmp_path, "out")


def test_padding_with_more_than_nothing_stays_what_it_is(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    amounts = graph.constant("amounts", np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32))
    fill = graph.constant("fill", np.array(300, np.float32))
    graph.node("padded", "PadV2", ["image", amounts, fill])
    graph.node("out", "MaxPool", ["padded"], ksize=integers(1, 2, 2, 1), **window("VALID", 2))
    check(graph, tmp_path, "out")


def test_channels_added_by_padding_join_a_sum(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    amounts = graph.constant("amounts", np.array([[0, 0], [0, 0], [0, 0], [0, 2]], np.int32))
    kernel = graph.constant("w", weights(1, 1, 3, 5))
    graph.node("wide", "Pad", ["image", amounts])
    graph.node("conv", "Conv2D", ["image", kernel], **window("SAME", 1))
    graph.node("out", "AddV2", ["conv", "wide"])
    check(graph, tmp_path, "out")


def test_transpositions_cancel_whatever_is_done_between_them(tmp_path: Path) -> None:
    graph = GraphFile((1, 3, 12, 16))
    last = graph.constant("last", np.array([0, 2, 3, 1], np.int32))
    first = graph.constant("first", np.array([0, 3, 1, 2], np.int32))
    axis = graph.constant("axis", np.array(1, np.int32))
    amounts = graph.constant("amounts", np.array([[0, 0], [0, 0], [1, 1], [1, 1]], np.int32))
    kernel, bias = graph.constant("w", weights(3, 3, 3, 4)), graph.constant("b", weights(1, 1, 1, 4))
    graph.node("padded", "Pad", ["image", amounts])
    graph.node("to last", "Transpose", ["padded", last])
    graph.node("conv", "Conv2D", ["to last", kernel], **window("VALID", 1))
    graph.node("biased", "Add", ["conv", bias])
    graph.node("to first", "Transpose", ["biased", first])
    graph.node("leaky", "LeakyRelu", ["to first"], alpha={"f": 0.1})
    graph.node("out", "ConcatV2", ["leaky", "image", axis])
    check(graph, tmp_path, "out", channels_first=True)


def test_resizing_follows_a_size_worked_out_from_a_shape(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    bounds = [graph.constant(f"bound{i}", np.array([value], np.int32)) for i, value in enumerate((1, 3, 1))]
    double = graph.constant("double", np.array([2, 2], np.int32))
    graph.node("shape", "Shape", ["image"])
    graph.node("part", "StridedSlice", ["shape", *bounds], shrink_axis_mask={"i": "0"})
    graph.node("size", "Mul", ["part", double])
    graph.node("out", "ResizeBilinear", ["image", "size"], **HALF_PIXEL)
    check(graph, tmp_path, "out")


@pytest.mark.parametrize("size", [8, 32])
def test_resizing_to_a_size_written_down_keeps_its_factor(tmp_path: Path, size: int) -> None:
    graph = GraphFile((1, 16, 16, 3))
    target = graph.constant("target", np.array([size, size], np.int32))
    graph.node("out", "ResizeBilinear", ["image", target], **HALF_PIXEL)
    check(graph, tmp_path, "out", 16, 16)


def test_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    graph.node("out", "Conv2D", ["image", graph.constant("w", weights(3, 3, 3, 64))], **window("SAME", 1))
    graph.write(tmp_path)
    model = Model("graph", "graph", {"result": "out"}, sha256="")
    assert convert(model, tmp_path) == convert(model, tmp_path)


def test_an_unknown_operation_is_named(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    graph.node("out", "Erf", ["image"])
    graph.write(tmp_path)
    with pytest.raises(NotImplementedError, match="Erf"):
        convert(Model("graph", "graph", {"result": "out"}, sha256=""), tmp_path)


def test_weights_that_do_not_fill_their_file_are_refused(tmp_path: Path) -> None:
    graph = GraphFile((1, -1, -1, 3))
    graph.node("out", "Conv2D", ["image", graph.constant("w", weights(1, 1, 3, 2))], **window("SAME", 1))
    graph.write(tmp_path)
    (tmp_path / "graph.bin").write_bytes((tmp_path / "graph.bin").read_bytes() + b"more")
    with pytest.raises(ValueError, match="end at byte 24"):
        convert(Model("graph", "graph", {"result": "out"}, sha256=""), tmp_path)
