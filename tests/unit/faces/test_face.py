"""A face in the contract's form is what the service model of boto3 says it is."""

from __future__ import annotations

from typing import Any

import botocore.session
import numpy as np

from engine.faces import Face

FACE = Face(
    box=np.array([0.1, 0.2, 0.3, 0.4], np.float32),
    confidence=0.5,
    landmarks=np.arange(10, dtype=np.float32).reshape(5, 2) / np.float32(10),
    pose=np.array([1, -2, 3], np.float32),
    quality=np.array([40, 60], np.float32),
)


def test_members_are_those_of_the_service_model() -> None:
    model = botocore.session.get_session().get_service_model("rekognition")
    face = FACE.as_contract()
    shape: Any = model.shape_for("FaceDetail")
    assert set(face) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    for member in ("BoundingBox", "Pose", "Quality"):
        assert set(face[member]) == set(shape.members[member].members)
    known: Any = model.shape_for("LandmarkType")
    assert [mark["Type"] for mark in face["Landmarks"]] == [
        "eyeLeft",
        "eyeRight",
        "mouthLeft",
        "mouthRight",
        "nose",
    ]
    assert {mark["Type"] for mark in face["Landmarks"]} <= set(known.enum)


def test_figures_are_plain_numbers_in_the_contracts_units() -> None:
    face = FACE.as_contract()
    assert face["Confidence"] == 50
    assert face["Pose"] == {"Roll": 1.0, "Yaw": -2.0, "Pitch": 3.0}
    assert face["Quality"] == {"Brightness": 40.0, "Sharpness": 60.0}
    assert all(type(value) is float for value in face["BoundingBox"].values())
    assert face["Landmarks"][4]["X"] == np.float32(0.8)
