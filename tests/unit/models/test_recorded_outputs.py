"""The converted models say what the TensorFlow.js graphs say, by an evaluator that knows nothing of ONNX."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector.session import ModelSession
from infra.models import prepared, prepared_in_floats
from infra.models.catalogue import IN_8_BITS, IN_FLOATS, In8Bits, Model
from tests.unit.models.recorded import FILE, image, sample

MOST_OFF = 0.25
"""Of an output's spread, or of 0.05 where there is less since nobody is in the picture, in the mean over its
values."""


@pytest.mark.parametrize("model", IN_FLOATS, ids=lambda model: model.name)
def test_model_gives_the_recorded_outputs(model: Model) -> None:
    session = ModelSession(prepared_in_floats() / f"{model.name}.onnx", threads=1)
    recorded = np.load(FILE)
    outputs = session.run(list(model.outputs), image(model.name))
    for name, output in zip(model.outputs, outputs, strict=True):
        expected = recorded[f"{model.name}.{name}"]
        # Half a thousandth of the output's own spread: float32 sums differ in order, nothing more.
        tolerance = 5e-4 * max(float(np.abs(expected).max()), 1e-3)
        np.testing.assert_allclose(sample(output), expected, atol=tolerance, rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("model", IN_8_BITS, ids=lambda model: model.name)
def test_in_8_bits_a_model_gives_nearly_the_same(model: In8Bits) -> None:
    session = ModelSession(prepared() / f"{model.name}.onnx", threads=1)
    recorded = np.load(FILE)
    (converted,) = (one for one in IN_FLOATS if one.name == model.name)
    outputs = session.run(list(converted.outputs), image(model.name))
    for name, output in zip(converted.outputs, outputs, strict=True):
        expected = recorded[f"{model.name}.{name}"]
        off = np.abs(sample(output) - expected).mean() / max(expected.std(), 0.05)
        assert 0 < off < MOST_OFF, name


def test_a_batch_gives_what_its_images_give_alone() -> None:
    session = ModelSession(prepared() / "facemesh.onnx", threads=1)
    one = image("facemesh")
    other = one[:, ::-1]
    batch = session.run(["mesh"], np.concatenate([one, other]))[0]
    alone = [session.run(["mesh"], np.ascontiguousarray(picture))[0][0] for picture in (one, other)]
    np.testing.assert_allclose(batch, np.stack(alone), rtol=1e-3, atol=1e-2)
