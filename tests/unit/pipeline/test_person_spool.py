"""One person's records, put in order."""

import json
from typing import Any

from pipeline.collection.person_spool import PersonSpool

_BOX = {"Width": 0.1, "Height": 0.2, "Left": -0.05, "Top": 0.9}


def _record(millis: int, box: dict[str, float] | None = _BOX, face: bool = False) -> dict[str, Any]:
    person: dict[str, Any] = {"Index": 3}
    if box:
        person["BoundingBox"] = box
    if face:
        person["Face"] = {"Confidence": 99.98765432109876}
    return {"Timestamp": millis, "Person": person}


def test_records_come_back_by_time_exactly_as_they_came() -> None:
    records = [_record(millis, face=millis == 66) for millis in (133, 0, 200, 66)]
    spool = PersonSpool(3)
    for record in records:
        spool.add(record)

    back = list(spool.in_time())

    assert [millis for millis, _, _ in back] == [0, 66, 133, 200]
    assert [json.loads(line) for _, _, line in back] == sorted(
        records, key=lambda record: record["Timestamp"]
    )
    assert back[0][1] == (0, -0.05, 0.9, 0.1, 0.2)
    assert (len(spool), spool.faces) == (4, 1)
    spool.close()


def test_more_records_than_memory_holds_come_back_from_the_file() -> None:
    face = {"Face": {"Landmarks": ["x" * 10_000]}}
    spool = PersonSpool(3)
    for millis in reversed(range(1700)):
        spool.add({"Timestamp": millis, "Person": {"Index": 3, **face}})
    back = list(spool.in_time())
    assert [millis for millis, _, _ in back] == list(range(1700))
    assert [json.loads(line)["Timestamp"] for _, _, line in back] == list(range(1700))
    spool.close()


def test_a_record_of_a_face_alone_has_no_point() -> None:
    spool = PersonSpool(3)
    spool.add(_record(0, box=None, face=True))
    assert [point for _, point, _ in spool.in_time()] == [None]
    spool.close()
