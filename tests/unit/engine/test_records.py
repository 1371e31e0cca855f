"""Tracks into records: which instants, in which order, with which face."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.detections import FACE_COLUMNS, SegmentDetections
from engine.records import ORDERS, SeenFaces, records
from engine.tracker import Track
from engine.video.instants import of_constant_rate
from engine.video.timing.sampling import report_timestamps


def track(
    index: int, times: list[int], rows: list[int] | None = None, scores: list[float] | None = None
) -> Track:
    count = len(times)
    lefts = np.linspace(0.1, 0.5, count)
    return Track(
        index=index,
        timestamps_ms=np.array(times, np.int64),
        boxes=np.stack([lefts, np.full(count, 0.2), np.full(count, 0.1), np.full(count, 0.3)], 1).astype(
            np.float32
        ),
        scores=np.array(scores or np.linspace(0.9, 0.3, count), np.float32),
        rows=np.array(rows or [-1] * count, np.int64),
    )


def listed(
    order: str, tracks: list[Track], grid: Any, faces: SeenFaces | None = None
) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in records(order, tracks, faces or SeenFaces(), np.asarray(grid, np.int64))
    ]


GRID = [0, 66, 133, 200, 266, 333, 400]


def test_a_person_is_reported_at_every_instant_of_the_grid_from_first_to_last_sight() -> None:
    found = listed("TIMESTAMP", [track(0, [66, 266])], GRID)
    assert [record["Timestamp"] for record in found] == [66, 133, 200, 266]


@pytest.mark.parametrize("order", ORDERS)
def test_a_person_is_not_reported_while_absent(order: str) -> None:
    back = replace(track(0, [0, 66, 333, 400]), absences=np.array([[66, 333]]))
    found = listed(order, [back], GRID)
    assert sorted(record["Timestamp"] for record in found) == [0, 66, 333, 400]


@pytest.mark.parametrize("order", ORDERS)
def test_a_face_seen_just_before_an_absence_or_after_it_is_reported_with_a_box(order: str) -> None:
    faces, _ = seen_faces([1, 2])
    # Nearest to 101 and to 299 are instants at which nobody is there.
    back = replace(track(0, [0, 101, 299, 400], rows=[0, 1, 2, 3]), absences=np.array([[101, 299]]))
    found = listed(order, [back], GRID, faces)
    assert sorted(record["Timestamp"] for record in found if "Face" in record["Person"]) == [66, 333]


@pytest.mark.parametrize("order", ORDERS)
def test_who_is_there_between_two_instants_alone_has_no_records(order: str) -> None:
    faces, _ = seen_faces([0, 1])
    never = replace(track(0, [60, 350], rows=[0, 1]), absences=np.array([[60, 350]]))
    assert listed(order, [never], GRID, faces) == []


def test_a_box_between_two_looks_lies_between_them() -> None:
    found = listed("TIMESTAMP", [track(0, [0, 400])], GRID)
    boxes = [record["Person"]["BoundingBox"] for record in found]
    assert boxes[3] == {"Width": 0.1, "Height": 0.3, "Left": 0.3, "Top": 0.2}
    assert boxes[0]["Left"] == 0.1
    assert boxes[-1]["Left"] == 0.5


def test_by_timestamp_people_of_one_instant_are_in_order_of_their_index() -> None:
    found = listed("TIMESTAMP", [track(0, [66, 400]), track(1, [0, 266])], GRID)
    keys = [(record["Timestamp"], record["Person"]["Index"]) for record in found]
    assert keys == sorted(keys)


def test_by_index_a_person_is_in_order_of_falling_confidence_not_of_time() -> None:
    tracks = [track(0, [0, 200, 400], scores=[0.5, 0.9, 0.3]), track(1, [0, 400], scores=[0.4, 0.8])]
    found = listed("INDEX", tracks, GRID)
    assert [record["Person"]["Index"] for record in found] == [0] * 7 + [1] * 7
    assert [record["Timestamp"] for record in found[:7]] == [200, 133, 266, 66, 333, 0, 400]
    assert [record["Timestamp"] for record in found[7:]] == GRID[::-1]


def test_a_face_is_reported_at_the_instant_it_was_seen_and_at_no_other() -> None:
    faces, face = seen_faces([5])
    found = listed("INDEX", [track(0, [0, 200, 400], rows=[4, 5, -1])], GRID, faces)
    with_face = [record for record in found if "Face" in record["Person"]]
    assert [record["Timestamp"] for record in with_face] == [200]
    box = with_face[0]["Person"]["Face"]["BoundingBox"]
    assert box["Left"] == pytest.approx(face[0], abs=1e-5)
    assert set(with_face[0]["Person"]["Face"]) == {
        "BoundingBox",
        "Confidence",
        "Landmarks",
        "Pose",
        "Quality",
    }


def test_a_face_seen_off_the_grid_goes_to_the_nearest_instant_within_the_persons_time() -> None:
    faces, _ = seen_faces([0, 1, 2])
    found = listed("TIMESTAMP", [track(0, [101, 240, 398], rows=[0, 1, 2])], GRID, faces)
    assert [record["Timestamp"] for record in found if "Face" in record["Person"]] == [133, 266, 333]


def test_both_orders_hold_the_same_records_across_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.records._WINDOW_INSTANTS", 3)
    faces, _ = seen_faces([0, 1, 2])
    tracks = [track(0, [0, 100, 390], rows=[0, 1, 2]), track(1, [133, 333])]
    lines = [Counter(map(json.dumps, listed(order, tracks, GRID, faces))) for order in ORDERS]
    assert lines[0] == lines[1]
    assert sum('"Face"' in line for line in lines[0]) == 3


@st.composite
def scenes(draw: st.DrawFn) -> list[Track]:
    tracks = []
    for index in range(draw(st.integers(0, 6))):
        times = sorted(draw(st.sets(st.integers(0, 3000), min_size=1, max_size=12)))
        scores = draw(st.lists(st.sampled_from([0.3, 0.5, 0.9]), min_size=len(times), max_size=len(times)))
        tracks.append(track(index, times, scores=scores))
    return tracks


@given(scene=scenes())
def test_the_two_orders_are_the_same_records_each_in_its_order(scene: list[Track]) -> None:
    grid = report_timestamps(Fraction(25), 100)
    by_time, by_index = (listed(order, scene, grid) for order in ORDERS)
    assert Counter(map(json.dumps, by_time)) == Counter(map(json.dumps, by_index))
    keys = [(record["Timestamp"], record["Person"]["Index"]) for record in by_time]
    assert keys == sorted(set(keys))
    indexes = [record["Person"]["Index"] for record in by_index]
    assert indexes == sorted(indexes)


def test_nobody_gives_no_records() -> None:
    assert listed("TIMESTAMP", [], GRID) == listed("INDEX", [], GRID) == []


def test_the_grid_of_a_constant_rate_reaches_the_last_sight_whatever_the_container_claims() -> None:
    grid = of_constant_rate(Fraction(30), 1000)
    assert grid[0] == 0
    assert grid[-1] >= 1000
    assert list(grid[:4]) == [0, 66, 133, 200]


def seen_faces(rows: list[int]) -> tuple[SeenFaces, np.ndarray]:
    """Faces on those of ten boxes, spread over two segments."""
    faces = SeenFaces()
    values = np.linspace(0.2, 0.3, FACE_COLUMNS).astype(np.float32)
    segments = []
    for offset in (0, 3):
        own = [row - offset for row in rows if (row < 3) == (offset == 0)]
        size = 3 if offset == 0 else 7
        boxes = np.tile([0.1, 0.1, 0.1, 0.1], (size, 1))
        segment = SegmentDetections.of(
            [offset], [0] * size, boxes, [0.5] * size, face_of=own, faces=np.tile(values, (len(own), 1))
        )
        segments.append(segment)
    list(faces.gather(segments))
    return faces, values


def test_a_held_picture_has_its_people_for_as_long_as_it_is_on_show() -> None:
    instants, pictures = [0, 100, 166, 233, 300, 366, 400], [0, 100, 100, 100, 100, 100, 400]
    for order in ORDERS:
        lines = records(order, [track(0, [0, 100, 400])], SeenFaces(), np.array(instants), np.array(pictures))
        boxes = {line["Timestamp"]: line["Person"]["BoundingBox"]["Left"] for line in map(json.loads, lines)}
        assert sorted(boxes) == instants
        assert [boxes[instant] for instant in instants] == [0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.5]


def test_people_of_a_last_picture_stay_until_it_goes_off_show() -> None:
    lines = records(
        "TIMESTAMP",
        [track(0, [0, 100])],
        SeenFaces(),
        np.array([0, 100, 166, 233]),
        np.array([0, 100, 100, 100]),
    )
    assert [json.loads(line)["Timestamp"] for line in lines] == [0, 100, 166, 233]
