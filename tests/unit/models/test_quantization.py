"""A model in 8 bits gives what it gives in floats, within the steps of its ranges, on any processor."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from infra.models import prepared, prepared_in_floats
from infra.models.catalogue import IN_8_BITS, In8Bits
from infra.models.in_8_bits import in_8_bits
from infra.models.quantization import LARGEST_WEIGHT, Range, quantized

RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.uniform(-1, 1, (1, 4, 12, 16)).astype(np.float32)


def model() -> onnx.ModelProto:
    """A convolution with its bias apart, one that is clipped, and one of both together."""
    constants = {
        "first": RANDOM.normal(size=(4, 4, 3, 3)),
        "bias": RANDOM.normal(size=(1, 4, 1, 1)),
        "second": RANDOM.normal(size=(4, 4, 1, 1)),
        "low": np.array(0),
        "high": np.array(6),
        "third": RANDOM.normal(size=(2, 8, 1, 1)),
    }
    nodes = [
        helper.make_node("Conv", ["image", "first"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["a", "bias"], ["b"]),
        helper.make_node("LeakyRelu", ["b"], ["c"], alpha=0.1),
        helper.make_node("Conv", ["c", "second"], ["d"]),
        helper.make_node("Clip", ["d", "low", "high"], ["e"]),
        helper.make_node("Concat", ["c", "e"], ["f"], axis=1),
        helper.make_node("Conv", ["f", "third"], ["g"]),
        helper.make_node("Identity", ["g"], ["result"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, IMAGE.shape)],
        [helper.make_tensor_value_info("result", TensorProto.FLOAT, list("nchw"))],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_operatorsetid("", 17)], ir_version=8)


def run(made: onnx.ModelProto, outputs: list[str]) -> list[np.ndarray]:
    made = onnx.ModelProto.FromString(made.SerializeToString())
    del made.graph.output[:]
    made.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    results: list[np.ndarray] = onnxruntime.InferenceSession(made.SerializeToString(), options).run(
        outputs, {"image": IMAGE}
    )
    return results


def ranges(floats: onnx.ModelProto, *names: str) -> dict[str, Range]:
    inner = [name for name in names if name != "image"]
    values = dict(zip(inner, run(floats, inner), strict=True)) | {"image": IMAGE}
    return {name: (float(values[name].min()), float(values[name].max())) for name in names}


def operations(made: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in made.graph.node if "Linear" not in node.op_type]


def test_results_are_those_in_floats_within_the_steps() -> None:
    floats = model()
    made = quantized(floats, ranges(floats, "image", "b", "c", "e", "f"))
    (expected,), (result,) = run(floats, ["result"]), run(made, ["result"])
    assert 0 < np.abs(result - expected).mean() < 0.03 * expected.std()


def test_a_bias_and_a_clipping_are_the_convolutions_own() -> None:
    floats = model()
    made = quantized(floats, ranges(floats, "image", "b", "c", "e", "f"))
    assert operations(made) == ["Conv", "LeakyRelu", "Conv", "Concat", "Conv", "Identity"]


def test_what_has_no_range_stays_in_floats() -> None:
    floats = model()
    made = quantized(floats, {})
    (expected,), (result,) = run(floats, ["result"]), run(made, ["result"])
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)
    assert operations(made) == ["Conv", "LeakyRelu", "Conv", "Clip", "Concat", "Conv", "Identity"]
    assert "QuantizeLinear" not in {node.op_type for node in made.graph.node}


def test_values_beyond_a_range_are_clipped() -> None:
    floats = model()
    known = ranges(floats, "image", "b", "c", "e", "f") | {"e": (0.0, 0.5)}
    (clipped,) = run(quantized(floats, known), ["e_rounded"])
    assert clipped.max() == pytest.approx(0.5)
    assert clipped.min() == 0


@pytest.mark.parametrize("model", IN_8_BITS, ids=lambda model: model.name)
def test_no_processor_overflows(model: In8Bits) -> None:
    shipped = onnx.load(prepared() / f"{model.name}.onnx")
    weights = [
        numpy_helper.to_array(tensor)
        for tensor in shipped.graph.initializer
        if tensor.data_type == TensorProto.INT8
    ]
    assert max(np.abs(each.astype(int)).max() for each in weights) == LARGEST_WEIGHT
    assert np.iinfo(np.int16).max >= 2 * 255 * LARGEST_WEIGHT


@pytest.mark.parametrize("model", IN_8_BITS, ids=lambda model: model.name)
def test_the_same_floats_give_the_same_bytes(model: In8Bits) -> None:
    floats = (prepared_in_floats() / f"{model.name}.onnx").read_bytes()
    assert in_8_bits(model, floats) == (prepared() / f"{model.name}.onnx").read_bytes()
