"""Reading records back from `detections.jsonl.gz`."""

import gzip
import io
import json

import pytest

from pipeline.answering.detections import persons_in, rows_of

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
        assert list(rows_of(line)) == [(12, (1066, (-0.25, 1.0, 0.1, 5e-05)))]


def test_a_record_of_a_face_alone_has_no_box() -> None:
    record = {**_HEAD, "Person": {"Index": 0, "Face": {"BoundingBox": _BOX}}}
    face = json.dumps(record, separators=(",", ":")).encode() + b"\n"
    assert list(rows_of(face)) == [(0, (1066, None))]
    seen = json.dumps({**_HEAD, "Person": {"Index": 0, "BoundingBox": _BOX}}, separators=(",", ":")).encode()
    assert [row[1][1] is None for row in rows_of(seen + b"\n" + face)] == [False, True]


def test_people_are_read_one_after_the_other_however_the_file_is_cut() -> None:
    """Longer than what is read at a time, of several members as the collector joins them."""
    lines = [
        json.dumps(
            {"VideoId": "a" * 32, "Timestamp": at, "Person": {"Index": index, "BoundingBox": _BOX}},
            separators=(",", ":"),
        )
        for index in (0, 1, 7)
        for at in range(1500)
    ]
    text = "\n".join(lines).encode()
    file = io.BytesIO(gzip.compress(text[:100_000]) + gzip.compress(text[100_000:]))
    found = [(index, [millis for millis, _ in records]) for index, records in persons_in(file)]
    assert found == [(index, list(range(1500))) for index in (0, 1, 7)]
