"""Reading records back from `detections.jsonl.gz`."""

import json

import pytest

from pipeline.answering.detections import row_of

_BOX = {"Width": 0.1, "Height": 5e-05, "Left": -0.25, "Top": 1}
_HEAD = {"VideoId": "a" * 32, "Timestamp": 1066}


@pytest.mark.parametrize("members", [list(_BOX), sorted(_BOX)])
@pytest.mark.parametrize("face", [{}, {"Face": {"BoundingBox": {"Width": 0.01, "Left": 0.5}}}])
def test_a_record_is_read_in_whatever_order_it_was_written(
    members: list[str], face: dict[str, object]
) -> None:
    box = {name: _BOX[name] for name in members}
    record = {**_HEAD, "Person": {"Index": 12, "BoundingBox": box, **face}}
    for separators in ((",", ":"), (", ", ": ")):
        line = json.dumps(record, separators=separators).encode() + b"\n"
        assert row_of(line) == (12, 1066, (-0.25, 1.0, 0.1, 5e-05))


def test_a_record_of_a_face_alone_has_no_box() -> None:
    record = {**_HEAD, "Person": {"Index": 0, "Face": {"BoundingBox": _BOX}}}
    assert row_of(json.dumps(record, separators=(",", ":")).encode()) == (0, 1066, None)
