"""The converted models say what the TensorFlow.js graphs say, by an evaluator that knows nothing of ONNX."""

from __future__ import annotations

import numpy as np
import pytest

from engine.detector.session import ModelSession
from infra.models import prepared
from infra.models.catalogue import MODELS, Model
from tests.unit.models.recorded import FILE, image, sample


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_model_gives_the_recorded_outputs(model: Model) -> None:
    session = ModelSession(prepared() / f"{model.name}.onnx", threads=1)
    recorded = np.load(FILE)
    outputs = session.run(list(model.outputs), image(model.name))
    for name, output in zip(model.outputs, outputs, strict=True):
        expected = recorded[f"{model.name}.{name}"]
        # Half a thousandth of the output's own spread: float32 sums differ in order, nothing more.
        tolerance = 5e-4 * max(float(np.abs(expected).max()), 1e-3)
        np.testing.assert_allclose(sample(output), expected, atol=tolerance, rtol=1e-3, err_msg=name)


def test_a_batch_gives_what_its_images_give_alone() -> None:
    session = ModelSession(prepared() / "facemesh.onnx", threads=1)
    one = image("facemesh")
    other = one[:, ::-1]
    batch = session.run(["mesh"], np.concatenate([one, other]))[0]
    alone = [session.run(["mesh"], np.ascontiguousarray(picture))[0][0] for picture in (one, other)]
    np.testing.assert_allclose(batch, np.stack(alone), rtol=1e-3, atol=1e-2)
